import type { TicketSummary } from '#api/tickets/tickets.contract.ts';
import { taskWorkflowId } from '#domain/tasks/ports.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import { openTemporalClient } from '#platform/temporal.ts';
import { openDatabase } from '#db/database.ts';
import { dataFolder } from '#processes/supervisor/data-folder.ts';
import { readPorts } from '#processes/supervisor/ports.ts';
import { databaseUrl } from '#processes/supervisor/postgres-cluster.ts';
import { eventually } from '#tests/support/eventually.ts';
import type { Platform } from '#tests/support/platform.ts';
import { activityEndedAt } from './approval/activity-times.ts';
import { type AuditWriteFigures, measureAuditWrites } from './approval/audit-writes.ts';
import { startRawProgram } from './approval/raw-program.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { type Fleet, startFleet } from './fleet.ts';
import { type Limited, limited } from './limits.ts';
import { rssMiB } from './process-usage.ts';
import { median, round, type Timing, timing } from './statistics.ts';

/** From a decision to what it sets going, beside a program with the same Temporal steps and nothing in them. */
export interface ApprovalFigures {
  readonly pairs: number;
  /** Seconds from the POST of the approval to the answer, and to the end of the first delivery. */
  readonly acknowledged: Timing;
  readonly dispatched: Timing;
  readonly raw: { readonly bareUpdate: Timing; readonly acknowledged: Timing; readonly dispatched: Timing };
  readonly acknowledgedRatio: Limited;
  readonly dispatchedRatio: Limited;
  readonly open: {
    readonly tickets: number;
    readonly openedInSeconds: number;
    readonly workerRssMiB: Limited;
    readonly inboxPage: Timing;
    readonly inboxPageMs: Limited;
  };
  readonly audit: AuditWriteFigures;
}

const node = 'bench.approval';
const warmUp = 5;
const seconds = (ms: readonly number[]) => timing(ms.map((value) => value / 1_000));

/** Starts a platform of its own, protects a node, and takes turns: one approval of ours, one of the raw program. */
export async function measureApproval(options: { pairs: number; open: number }): Promise<ApprovalFigures> {
  console.error('approval: starting a platform');
  const platform = await startBenchPlatform();
  const temporal = openTemporalClient({ address: platform.temporalAddress(), namespace: 'default' });
  let fleet: Fleet | undefined;
  try {
    fleet = await startFleet(platform, 20);
    const users = await protectNode(platform, fleet);
    const raw = await startRawProgram(temporal.client, platform.temporalAddress());
    const ours: { acknowledgedMs: number; dispatchedMs: number }[] = [];
    const theirs: Awaited<ReturnType<typeof raw.run>>[] = [];
    for (let pair = -warmUp; pair < options.pairs; pair++) {
      const one = await approveOnce(platform, users);
      const dispatchedMs =
        (await activityEndedAt(temporal.client, taskWorkflowId(one.taskId), 'deliverTask')) - one.wall;
      const other = await raw.run(String(pair + warmUp));
      if (pair < 0) continue;
      ours.push({ acknowledgedMs: one.acknowledgedMs, dispatchedMs });
      theirs.push(other);
    }
    raw.stop();
    console.error(`approval: ${options.pairs} pairs measured; opening ${options.open} tickets`);
    const open = await measureOpenTickets(platform, users, options.open);
    console.error('approval: audit writes');
    const folder = dataFolder(platform.data);
    const writers = openDatabase(databaseUrl(folder, readPorts(folder.ports)?.postgres ?? 0), { max: 50 });
    const audit = await measureAuditWrites(writers.db, 50, 5).finally(() => writers.close());
    const acknowledged = ours.map((one) => one.acknowledgedMs);
    const dispatched = ours.map((one) => one.dispatchedMs);
    const rawAcknowledged = theirs.map((one) => one.acknowledgedMs);
    const rawDispatched = theirs.map((one) => one.dispatchedMs);
    return {
      pairs: options.pairs,
      acknowledged: seconds(acknowledged),
      dispatched: seconds(dispatched),
      raw: {
        bareUpdate: seconds(theirs.map((one) => one.bareMs)),
        acknowledged: seconds(rawAcknowledged),
        dispatched: seconds(rawDispatched),
      },
      acknowledgedRatio: limited(round(median(acknowledged) / median(rawAcknowledged), 2), 2),
      dispatchedRatio: limited(round(median(dispatched) / median(rawDispatched), 2), 1.5),
      open,
      audit,
    };
  } catch (error) {
    console.error(platform.evidence());
    throw error;
  } finally {
    await fleet?.stop();
    await temporal.close();
    await platform.remove();
  }
}

interface Users {
  readonly operator: string;
  readonly approver: string;
}

async function protectNode(platform: Platform, fleet: Fleet): Promise<Users> {
  const { api } = platform;
  await api.post('/api/v1/nodes', { path: node });
  await api.post(`/api/v1/nodes/${node}/bind`, { machines: fleet.names });
  const token = async (name: string, role: string) => {
    const result = await platform.cli(['user', 'create', name, '--role', role, '-o', 'json']);
    return (JSON.parse(result.stdout) as { token: string }).token;
  };
  const users = { operator: await token('bench-operator', 'ops'), approver: await token('bench-approver', 'none') };
  const policy = { mode: 'ticket', steps: [{ approvers: [{ type: 'user', user: 'bench-approver' }] }] };
  const set = await api.request('PUT', `/api/v1/nodes/${node}/policies/task.run`, { body: policy });
  if (set.status !== 200) throw new Error(`the policy was not set: ${JSON.stringify(set.body)}`);
  return users;
}

async function submit(platform: Platform, users: Users): Promise<{ id: string; ticketId: string }> {
  const task = { target: { node }, command: ['hostname'], strategy: { concurrency: 1_000 } };
  const { id, ticketId } = await platform.api.post<{ id: string; ticketId: string | null }>('/api/v1/tasks', task, {
    token: users.operator,
  });
  if (ticketId === null) throw new Error('the node is not protected');
  return { id, ticketId };
}

/** One approval, timed, after which ticket and task have ended. */
async function approveOnce(
  platform: Platform,
  users: Users,
): Promise<{ taskId: string; acknowledgedMs: number; wall: number }> {
  const { id, ticketId } = await submit(platform, users);
  // The workflow has started and waits: what is timed begins with the decision.
  await eventually('the ticket waits', () => ticketHasAdvanced(platform, ticketId), { withinMs: 10_000, everyMs: 20 });
  const { contentHash } = await platform.api.get<TicketSummary>(`/api/v1/tickets/${ticketId}`);
  const wall = Date.now();
  const since = performance.now();
  await platform.api.post(`/api/v1/tickets/${ticketId}/approve`, { contentHash }, { token: users.approver });
  const acknowledgedMs = performance.now() - since;
  await eventually(
    'the ticket has ended',
    async () => isEndedTicket((await platform.api.get<TicketSummary>(`/api/v1/tickets/${ticketId}`)).state),
    { withinMs: 30_000, everyMs: 50 },
  );
  return { taskId: id, acknowledgedMs, wall };
}

async function ticketHasAdvanced(platform: Platform, ticketId: string): Promise<boolean> {
  const row = await platform.database.db
    .selectFrom('ticket')
    .select('advanced_at')
    .where('id', '=', ticketId)
    .executeTakeFirst();
  return row?.advanced_at != null;
}

async function everyTicketHasAdvanced(platform: Platform): Promise<boolean> {
  const row = await platform.database.db
    .selectFrom('ticket')
    .select('id')
    .where('advanced_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  return row === undefined;
}

async function measureOpenTickets(platform: Platform, users: Users, tickets: number): Promise<ApprovalFigures['open']> {
  const begun = performance.now();
  let left = tickets;
  await Promise.all(
    Array.from({ length: 4 }, async () => {
      while (left-- > 0) await submit(platform, users);
    }),
  );
  // Each workflow has started and looked once.
  await eventually('all tickets wait', () => everyTicketHasAdvanced(platform), { withinMs: 600_000, everyMs: 500 });
  const openedInSeconds = (performance.now() - begun) / 1_000;
  const pages: number[] = [];
  for (let n = 0; n < 40; n++) {
    const since = performance.now();
    const page = await platform.api.get<{ items: TicketSummary[]; next: string | null }>(
      '/api/v1/tickets?scope=to-decide&limit=50',
      { token: users.approver },
    );
    pages.push(performance.now() - since);
    if (page.items.length !== 50 || page.next === null) throw new Error('the inbox has less than a page');
  }
  return {
    tickets,
    openedInSeconds: round(openedInSeconds, 1),
    workerRssMiB: limited(rssMiB(platform.pids().worker ?? 0), 1_024),
    inboxPage: seconds(pages),
    inboxPageMs: limited(round(median(pages), 1), 150),
  };
}
