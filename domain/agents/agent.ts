import { z } from 'zod';
import { because } from '../reasons.ts';
import { faultBecause } from '../schema-fault.ts';
import { readsAsAddress } from './address.ts';

export const agentStates = ['online', 'offline', 'revoked'] as const;
export type AgentState = (typeof agentStates)[number];

const id = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The name of an agent that enrols. Hosts are named by address and id too, so that it may not read as one of these. */
export const agentNameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/,
    'must be 1–128 letters, digits, dots, - or _, starting with a letter or digit',
  )
  .superRefine((name, context) => {
    if (!readsAsAddress(name) && !id.test(name)) return;
    const { error: message, params } = faultBecause(because('name-reads-as-address', { name }));
    context.addIssue({ code: 'custom', message, params });
  });

/** `sbj_<id>.<secret>.<sha256 of the CA certificate>`: all an agent needs to know whom to trust. */
export interface JoinToken {
  readonly id: string;
  readonly secret: string;
  readonly caSha256: string;
}

export function formatJoinToken(token: JoinToken): string {
  return `sbj_${token.id}.${token.secret}.${token.caSha256}`;
}

export function parseJoinToken(text: string): JoinToken | undefined {
  const match = /^sbj_([0-9a-f-]{36})\.([A-Za-z0-9_-]{43})\.([0-9a-f]{64})$/.exec(text.trim());
  if (match === null) return undefined;
  const [, id, secret, caSha256] = match as unknown as [string, string, string, string];
  return { id, secret, caSha256 };
}
