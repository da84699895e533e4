import type { Context } from 'hono';
import type { Proposal } from '#ledger/changes/propose.ts';
import type { ApiEnv } from './env.ts';
import { callerOf } from './guard.ts';

/** Where a request comes from: the pages (by a session), our command line, or any other program. */
export function originOf(c: Context<ApiEnv>): Proposal['origin'] {
  const program = c.req.header('user-agent')?.startsWith('signalbox-cli') === true ? 'cli' : 'api';
  return {
    from: callerOf(c).via === 'session' ? 'web' : program,
    requestId: c.get('requestId'),
    ip: c.get('ip'),
  };
}
