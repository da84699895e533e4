import type { MiddlewareHandler } from 'hono';
import type { Database } from '#db/database.ts';
import { HiddenProblem, Problem } from '#domain/errors.ts';
import type { Logger } from '#platform/logging.ts';
import { auditRequest } from './audit-request.ts';
import type { ApiEnv } from './env.ts';
import { transact } from '#ledger/kernel/transact.ts';

const reading = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Audits every mutation that somebody signed in was refused. Requests without a credential are counted only: they must
 * stay cheap, and cannot be told apart from noise.
 */
export function auditRefusals(db: Database, logger: Logger): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    await next();
    const { error } = c;
    if (reading.has(c.req.method) || c.get('caller') === undefined || !(error instanceof Problem)) return;
    if (!(error instanceof HiddenProblem || error.type === 'forbidden' || error.type === 'password-change-required'))
      return;
    const { reason } = error;
    const details = { method: c.req.method, reason: reason?.code ?? error.type, params: reason?.params ?? {} };
    await transact(db, (tx) =>
      auditRequest(tx, c, { action: c.get('action') ?? 'request', outcome: 'denied', target: c.req.path, details }),
    ).catch((failure: unknown) => logger.error({ err: failure, ...details }, 'a refusal could not be audited'));
  };
}
