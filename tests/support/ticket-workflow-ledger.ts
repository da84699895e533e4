import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { judgeChange } from '#ledger/changes/judge-change.ts';
import { setPolicy } from '#ledger/changes/set-policy.ts';
import type { Database, Tx } from '#db/database.ts';
import { submitTask } from '#ledger/tasks/submit-task.ts';
import { checkTicketOperation } from '#ledger/tickets/check-operation.ts';
import { openTicket } from '#ledger/tickets/open-ticket.ts';
import { createTicketOperation } from '#ledger/tickets/ticket-operation.ts';
import { kindsOn } from '#ledger/rooms.ts';
import type { ChangeKindName } from '#domain/names.ts';
import { policySchema } from '#domain/changes/policy.ts';
import { taskPayloadSchema } from '#domain/tasks/task.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import type { Reason } from '#domain/reasons.ts';
import { createTaskLedger, type LedgerHost, type TaskLedger } from './task-ledger.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { readLedgerNow } from '#db/ledger-now.ts';

/** A node of its own with one machine, and people whom nobody else asks: tickets of two places have nothing in common. */
export interface Place {
  readonly nodeId: string;
  readonly node: string;
  readonly host: LedgerHost;
  /** Asks for changes: may run tasks anywhere. */
  readonly requester: string;
  /** Ids of users without any right of their own. */
  readonly people: readonly string[];
}

export interface OperationAsk {
  readonly step?: number | undefined;
  readonly userId?: string;
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** What the person saw; default: what there is. */
  readonly contentHash?: string;
  readonly version?: number;
}

export interface OpenOptions {
  readonly kind?: ChangeKindName;
  readonly runAt?: Date;
  readonly expiresAt?: Date;
}

export interface TicketLedger {
  readonly tasks: TaskLedger;
  readonly places: readonly Place[];
  setPolicy(place: Place, policy: object, kind?: ChangeKindName): Promise<void>;
  /** Writes the subject and opens its ticket, with the flow that policy asks for now. */
  open(place: Place, options?: OpenOptions): Promise<{ ticketId: string; subjectId: string }>;
  /** Writes an operation down, as the api does (refused ones too: the ledger says so again). Returns its id. */
  request(ticketId: string, action: TicketAction, actorId: string, ask?: OperationAsk): Promise<string>;
  ticket(ticketId: string): Promise<{ state: string; version: number; reason: Reason | null; contentHash: string }>;
  taskState(taskId: string): Promise<string>;
  /** Kinds of the timeline in the order in which things happened. */
  timeline(ticketId: string): Promise<string[]>;
}

const peoplePerPlace = 6;

export async function createTicketLedger(
  db: Database,
  options: { places: number; keepTime?: () => Promise<void> },
): Promise<TicketLedger> {
  const tasks = await createTaskLedger(db, options.places);
  const places = tasks.hosts.map((host, index): Place => {
    const name = (who: string) => `p${index}-${who}`;
    return {
      nodeId: String(1_000 + index),
      node: `place-${index}`,
      host,
      requester: name('requester'),
      people: Array.from({ length: peoplePerPlace }, (_, n) => name(`person${n}`)),
    };
  });
  const users = places.flatMap(({ requester, people }) => [requester, ...people]);
  await sql`insert into "user" (id, name, email, role)
    select id, id, id || '@example.com', case when id like '%-requester' then 'ops' else 'none' end
    from unnest(${users}::text[]) as u (id)`.execute(db);
  const nodeIds = places.map(({ nodeId }) => nodeId);
  await sql`insert into node (id, name, name_key, path) overriding system value
    select id, name, name, text2ltree(id::text) from unnest(${nodeIds}::bigint[], ${places.map(({ node }) => node)}::text[]) as n (id, name)`.execute(
    db,
  );
  await sql`insert into node_machine (node_id, machine_id, bound_by)
    select * , 'a test' from unnest(${nodeIds}::bigint[], ${places.map(({ host }) => host.machineId)}::uuid[])`.execute(
    db,
  );

  const ledger: TicketLedger = {
    tasks,
    places,
    async setPolicy(place, policy, kind = 'task.run') {
      const parsed = policySchema.parse({ mode: 'ticket', ...policy });
      await transact(db, (tx) => setPolicy(tx, { kind, nodeId: place.nodeId }, parsed, 'a test'));
    },
    async open(place, { kind = 'task.run', runAt, expiresAt } = {}) {
      const ids = { ticketId: uuidv7(), subjectId: uuidv7() };
      await options.keepTime?.();
      await transact(db, async (tx) => {
        const machineIds = kind === 'task.run' ? [place.host.machineId] : [];
        const { flow } = await judgeChange(tx, {
          kind,
          machineIds,
          nodeIds: kind === 'task.run' ? [] : [place.nodeId],
        });
        await writeSubject(tx, place, kind, ids);
        await openTicket(tx, kindsOn(tx), {
          id: ids.ticketId,
          kind,
          title: 'Say hello',
          subjectId: ids.subjectId,
          flow,
          now: await readLedgerNow(tx),
          requester: { id: place.requester, name: place.requester },
          nodes: [{ id: place.nodeId, fullName: place.node }],
          runAt,
          expiresAt,
        });
      });
      return ids;
    },
    async request(ticketId, action, actorId, ask = {}) {
      const id = uuidv7();
      await transact(db, async (tx) => {
        const { role } = await tx.selectFrom('user').select('role').where('id', '=', actorId).executeTakeFirstOrThrow();
        const actor = { id: actorId, role: role };
        const { userId } = ask;
        const seen = await checkTicketOperation(tx, kindsOn(tx), { ticketId, action, actor, step: ask.step, userId });
        await createTicketOperation(tx, {
          id,
          ticketId,
          action,
          actor: { id: actorId, name: actorId },
          message: ask.message ?? 'a test',
          version: ask.version ?? seen.version,
          contentHash: ask.contentHash ?? seen.contentHash,
          step: seen.step ?? ask.step,
          details: { ...ask.details, ...(userId === undefined ? {} : { userId }) },
        });
      });
      return id;
    },
    async ticket(ticketId) {
      return db
        .selectFrom('ticket')
        .select(['state', 'version', 'reason', 'content_hash as contentHash'])
        .where('id', '=', ticketId)
        .executeTakeFirstOrThrow();
    },
    async taskState(taskId) {
      const row = await db.selectFrom('task').select('state').where('id', '=', taskId).executeTakeFirstOrThrow();
      return row.state;
    },
    async timeline(ticketId) {
      const rows = await db
        .selectFrom('ticket_timeline')
        .select('kind')
        .where('ticket_id', '=', ticketId)
        .orderBy('id')
        .execute();
      return rows.map((row) => row.kind);
    },
  };
  return ledger;
}

async function writeSubject(
  tx: Tx,
  place: Place,
  kind: ChangeKindName,
  { ticketId, subjectId }: { ticketId: string; subjectId: string },
): Promise<void> {
  if (kind === 'manual.step') {
    await tx
      .insertInto('manual_step')
      .values({
        id: subjectId,
        title: 'Say hello',
        instructions: 'Go there and say it',
        state: 'awaiting-approval',
        note: null,
        completed_by: null,
      })
      .execute();
    return;
  }
  await submitTask(tx, {
    id: subjectId,
    ticketId,
    title: 'Say hello',
    hosts: [place.host],
    payload: taskPayloadSchema.parse({ script: 'echo hello' }),
    strategy: { onError: 'continue' },
    requester: { id: place.requester, name: place.requester },
    nodes: [{ id: place.nodeId, fullName: place.node }],
  });
}
