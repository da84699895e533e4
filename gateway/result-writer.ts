import type { Database } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import {
  type CommandAcknowledgement,
  type RunReport,
  storeAcknowledgements,
  storeReports,
  type StoredReport,
} from '#ledger/tasks/store-reports.ts';
import type { Logger } from '#platform/logging.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { AgentSession } from './session-registry.ts';

/** Brings acknowledgements and results of all sessions into the ledger, many at a time. */
export interface ResultWriter {
  acknowledge(session: AgentSession, ack: CommandAcknowledgement): void;
  /** The agent is told (session.confirm) once the result is committed. */
  report(session: AgentSession, report: RunReport): void;
  /** More is waiting than should be kept in memory: read no more frames until `ready`. */
  full(): boolean;
  ready(): Promise<void>;
  /** Resolves when all that was given is written (or its sessions are closed). */
  flushed(): Promise<void>;
  pending(): number;
}

/** What an agent did that no agent of ours does. */
export interface Offence {
  readonly session: AgentSession;
  readonly kind: 'foreign' | 'unknown-run';
  readonly runId: string;
}

type Entry = { readonly session: AgentSession } & (
  | { readonly ack: CommandAcknowledgement; readonly report?: undefined }
  | { readonly report: RunReport; readonly ack?: undefined }
);

const batchDelayMs = 25;
const batchItems = 500;
/** Of output, per batch: pg sends it as text of twice the size. */
const batchBytes = 8 * 1024 * 1024;
const fullBytes = 64 * 1024 * 1024;
const fullItems = 20_000;
/** How long a batch waits for a ledger that is away; then its sessions are closed and the agents report again. */
const ledgerPatienceMs = 20_000;

export function createResultWriter(deps: {
  db: Database;
  gatewayId: string;
  metrics: GatewayMetrics;
  logger: Logger;
  /** Hosts of this task have ended. */
  settle: (taskId: string) => void;
  onOffence: (offence: Offence) => void;
}): ResultWriter {
  const { db, gatewayId, metrics, logger } = deps;
  const waiting: Entry[] = [];
  let waitingBytes = 0;
  let working: Promise<void> | undefined;
  let wake: (() => void)[] = [];
  let hurry: (() => void) | undefined;

  const full = () => waitingBytes > fullBytes || waiting.length > fullItems;

  function add(entry: Entry): void {
    waiting.push(entry);
    waitingBytes += entryBytes(entry);
    if (waiting.length >= batchItems) hurry?.();
    working ??= work();
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      if (waiting.length < batchItems) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, batchDelayMs);
          hurry = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        hurry = undefined;
      }
      await write(take());
      if (!full()) {
        for (const resolve of wake) resolve();
        wake = [];
      }
    }
    working = undefined;
  }

  function take(): Entry[] {
    let bytes = 0;
    let count = 0;
    for (const entry of waiting) {
      if (count >= batchItems || (count > 0 && bytes >= batchBytes)) break;
      bytes += entryBytes(entry);
      count += 1;
    }
    waitingBytes -= bytes;
    return waiting.splice(0, count);
  }

  /** Writes a batch whatever it takes: waits for a ledger that is away, halves a batch that the ledger will not take. */
  async function write(entries: readonly Entry[]): Promise<void> {
    const giveUpAt = performance.now() + ledgerPatienceMs;
    for (let waitMs = 100; ; waitMs = Math.min(1_000, waitMs * 2)) {
      try {
        const stored = await store(entries);
        conclude(entries, stored);
        return;
      } catch (error) {
        if (isBadData(error)) {
          if (entries.length > 1) {
            const half = Math.ceil(entries.length / 2);
            await write(entries.slice(0, half));
            await write(entries.slice(half));
            return;
          }
          logger.error({ err: error, agent: entries[0]?.session.name }, 'the ledger does not take this frame');
          entries[0]?.session.close('bad-frame');
          return;
        }
        if (performance.now() + waitMs > giveUpAt) {
          logger.error({ err: error, frames: entries.length }, 'the ledger is away, agents will report again');
          for (const entry of entries) entry.session.close('ledger-away');
          return;
        }
        await new Promise((resolve) => setTimeout(resolve, waitMs));
      }
    }
  }

  async function store(entries: readonly Entry[]): Promise<StoredReport[]> {
    const reports = entries.flatMap((entry) => entry.report ?? []);
    const ended = new Set(reports.map((report) => report.runId));
    // The acknowledgement of a run whose result is here as well would be overwritten at once.
    const acks = entries.flatMap((entry) =>
      entry.ack === undefined || (entry.ack.kind === 'run' && ended.has(entry.ack.runId)) ? [] : entry.ack,
    );
    const startedAt = performance.now();
    const stored = await transact(db, async (tx) => {
      await storeAcknowledgements(tx, gatewayId, acks);
      return reports.length === 0 ? [] : storeReports(tx, gatewayId, reports);
    });
    metrics.batchTook((performance.now() - startedAt) / 1000);
    return stored;
  }

  function conclude(entries: readonly Entry[], stored: readonly StoredReport[]): void {
    const confirmed = new Map<AgentSession, string[]>();
    const tasks = new Set<string>();
    const verdicts = new Map<string, number>();
    const reported = entries.filter((entry) => entry.report !== undefined);
    stored.forEach(({ verdict, taskId }, index) => {
      const entry = reported[index];
      if (entry?.report === undefined) return;
      verdicts.set(verdict, (verdicts.get(verdict) ?? 0) + 1);
      const { session, report } = entry;
      switch (verdict) {
        case 'stored':
        case 'late':
          if (taskId !== undefined) tasks.add(taskId);
          confirmed.set(session, [...(confirmed.get(session) ?? []), report.runId]);
          break;
        case 'duplicate':
          confirmed.set(session, [...(confirmed.get(session) ?? []), report.runId]);
          break;
        case 'foreign':
        case 'unknown-run':
          deps.onOffence({ session, kind: verdict, runId: report.runId });
          break;
        case 'stale-session':
          session.close('superseded');
          break;
      }
    });
    for (const [session, runIds] of confirmed) session.confirm(runIds);
    for (const [verdict, count] of verdicts) metrics.reports(verdict, count);
    for (const taskId of tasks) deps.settle(taskId);
  }

  return {
    acknowledge: (session, ack) => add({ session, ack }),
    report: (session, report) => add({ session, report }),
    full,
    ready: () => (full() ? new Promise((resolve) => wake.push(resolve)) : Promise.resolve()),
    flushed: () => working ?? Promise.resolve(),
    pending: () => waiting.length,
  };
}

function entryBytes({ report }: Entry): number {
  if (report === undefined) return 0;
  const { stdout, stderr } = report;
  return stdout.head.byteLength + stdout.tail.byteLength + stderr.head.byteLength + stderr.tail.byteLength;
}

/** Classes 22 and 23 of SQLSTATE: wrong data, broken constraint. Anything else may pass. */
function isBadData(error: unknown): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === 'string' && /^2[23]/.test(code);
}
