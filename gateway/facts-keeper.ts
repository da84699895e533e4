import { type ReportedFacts } from '#db/assets/machines.ts';
import { storeFacts } from '#ledger/assets/store-facts.ts';
import type { Database } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { SessionKey } from '#ledger/tasks/store-reports.ts';
import { type Facts, factsSchema } from '#domain/agents/facts.ts';
import type { FactsReport } from '#proto/gen/agent.ts';
import type { Logger } from '#platform/logging.ts';
import { createBatcher } from './batcher.ts';

/** Keeps the facts of machines: hashes are compared, the facts themselves travel only when they changed. */
export interface FactsKeeper {
  forSession(session: SessionKey, knownHash: string | null, request: () => void): SessionFacts;
}

export interface SessionFacts {
  /** The hash in the Hello; empty before the agent's first collection. */
  hello(hash: string): void;
  received(report: FactsReport): void;
}

const maxBytes = 256 * 1024;
const maxBatch = 50;

export function createFactsKeeper(deps: { db: Database; gatewayId: string; logger: Logger }): FactsKeeper {
  const { db, gatewayId } = deps;
  // After a new release of the agent every host has new facts at once.
  const storing = createBatcher<ReportedFacts, boolean>({
    maxItems: maxBatch,
    delayMs: 50,
    key: (report) => report.agentId,
    async run(reports) {
      const stored = await transact(db, (tx) => storeFacts(tx, gatewayId, reports));
      return reports.map((report) => stored.has(report.agentId));
    },
  });
  return {
    forSession(session, knownHash, request) {
      let known = knownHash;

      async function keep(hash: string, facts: Facts): Promise<void> {
        if (await storing.add({ ...session, hash, facts })) known = hash;
      }

      return {
        hello(hash) {
          if (hash !== '' && hash !== known) request();
        },
        received({ hash, json }) {
          if (hash === known || hash === '' || hash.length > 128) return;
          if (json.byteLength === 0) {
            request();
            return;
          }
          const facts = readFacts(json);
          if (facts === undefined) {
            deps.logger.warn({ agentId: session.agentId, bytes: json.byteLength }, 'facts are not readable, not kept');
            return;
          }
          keep(hash, facts).catch((error: unknown) =>
            deps.logger.warn({ err: error, agentId: session.agentId }, 'facts not stored'),
          );
        },
      };
    },
  };
}

function readFacts(json: Buffer): Facts | undefined {
  if (json.byteLength > maxBytes) return undefined;
  const text = json.toString('utf8');
  // jsonb has no place for it.
  if (text.includes('\\u0000')) return undefined;
  try {
    return factsSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
