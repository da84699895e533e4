import { sql } from 'kysely';
import { setTimeout as sleep } from 'node:timers/promises';
import { createJoinToken, currentAuthority } from '#ledger/agents/join-tokens.ts';
import { audit } from '#ledger/audit/audit.ts';
import type { Database } from '#db/database.ts';
import { ensureNodePath } from '#ledger/tree/ensure-node-path.ts';
import { formatJoinToken, parseJoinToken } from '#domain/agents/agent.ts';
import type { Logger } from '#platform/logging.ts';
import { readSecretFile, writeSecretFile } from '#platform/secret-files.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** The node that the machine of the first start is bound to. */
export const localNodePath = 'demo.local';
const ttlMs = 7 * 86_400_000;

/**
 * While no agent has ever enrolled, keeps a join token for the agent of this machine in a file. Waits for a gateway to
 * make the certificate authority first. Ends when the token is written, is not needed, or `signal` aborts.
 */
export async function offerLocalJoinToken(
  db: Database,
  file: string,
  logger: Logger,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      if ((await currentAuthority(db)) !== undefined) {
        await issue(db, file);
        return;
      }
    } catch (error) {
      logger.warn({ err: error }, 'no join token for the local agent yet');
    }
    await sleep(300, undefined, { signal }).catch(() => undefined);
  }
}

async function issue(db: Database, file: string): Promise<void> {
  const agent = await db.selectFrom('agent').select('id').limit(1).executeTakeFirst();
  if (agent !== undefined || (await isUsable(db, file))) return;
  const token = await transact(db, async (tx) => {
    const node = await ensureNodePath(tx, localNodePath);
    const made = await createJoinToken(tx, { createdBy: 'signalbox', ttlMs, nodeId: node.id });
    audit(tx, {
      actor: { id: null, name: 'signalbox' },
      action: 'agent.join-token.create',
      target: made.id,
      nodes: [localNodePath],
    });
    return made;
  });
  await writeSecretFile(file, `${formatJoinToken(token)}\n`);
}

/** Whether the file holds a token that an agent can still use (a start before this one wrote it). */
async function isUsable(db: Database, file: string): Promise<boolean> {
  const token = parseJoinToken((await readSecretFile(file)) ?? '');
  if (token === undefined || (await currentAuthority(db))?.sha256 !== token.caSha256) return false;
  const row = await db
    .selectFrom('join_token')
    .select('id')
    .where('id', '=', token.id)
    .where('expires_at', '>', sql<Date>`ledger_now() + interval '1 hour'`)
    .executeTakeFirst();
  return row !== undefined;
}
