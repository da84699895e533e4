import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { contentHash } from '#ledger/changes/content.ts';
import { kindsOn } from '#ledger/rooms.ts';
import type { Database } from '#db/database.ts';
import { applyTicketOperation } from '#ledger/tickets/apply-operation.ts';
import { checkTicketOperation } from '#ledger/tickets/check-operation.ts';
import { beginStep } from '#ledger/tickets/step.ts';
import { createTicketOperation } from '#ledger/tickets/ticket-operation.ts';
import type { ChangeContent, Touches } from '#domain/changes/change-kind.ts';
import type { FlowStep } from '#domain/changes/policy.ts';
import type { TicketOperationResult } from '#domain/tickets/ports.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** People of the stage: ids are their names. `ann` asks; `root` is an administrator, `off` is disabled. */
export const stagePeople = {
  ann: 'ops',
  bob: 'ops',
  cid: 'viewer',
  dan: 'viewer',
  eve: 'none',
  root: 'admin',
  off: 'viewer',
} as const;
export type StagePerson = keyof typeof stagePeople;

export interface Asked {
  readonly step?: number;
  readonly contentHash?: string;
  readonly version?: number;
  readonly userId?: string;
  readonly touches?: Touches;
  readonly message?: string;
  readonly details?: Record<string, unknown>;
}

/** Tickets of manual steps straight in the ledger: what their flow stands on, without policy, api or Temporal. */
export interface TicketStage {
  open(options?: { steps?: Partial<FlowStep>[]; fourEyes?: boolean; runAt?: Date; now?: Date }): Promise<string>;
  /** What the api's check says. */
  check(ticketId: string, action: TicketAction, by: string, asked?: Asked): ReturnType<typeof checkTicketOperation>;
  /** Writes the operation's row for what there is now, unless `asked` says otherwise. Returns its id. */
  request(ticketId: string, action: TicketAction, by: string, asked?: Asked): Promise<string>;
  apply(ticketId: string, operationId: string): Promise<TicketOperationResult>;
  /** Request and apply. */
  act(ticketId: string, action: TicketAction, by: string, asked?: Asked): Promise<TicketOperationResult>;
  /** The words of the ticket's story, in order, with their actors. */
  story(ticketId: string): Promise<string[]>;
  /** Everything that a refusal must leave alone, as text. */
  snapshot(ticketId: string): Promise<string>;
}

export const plainStep: FlowStep = {
  approvers: [],
  need: 'any',
  escalateTo: [],
  timeoutMs: 3_600_000,
  remindAfterMs: 600_000,
  onTimeout: 'refuse',
  delegates: 'anyone',
  policyNode: null,
  nodeIds: [],
};

/** Approvers by name. */
export const users = (...names: StagePerson[]) => names.map((userId) => ({ type: 'user' as const, userId }));

export async function createTicketStage(db: Database): Promise<TicketStage> {
  for (const [name, role] of Object.entries(stagePeople)) {
    await sql`insert into "user" (id, name, email, role, disabled)
      values (${name}, ${name}, ${`${name}@example.com`}, ${role}, ${name === 'off'})`.execute(db);
  }
  const current = (ticketId: string) =>
    db
      .selectFrom('ticket')
      .select(['version', 'content_hash as contentHash', 'state', 'step'])
      .where('id', '=', ticketId)
      .executeTakeFirstOrThrow();

  const stage: TicketStage = {
    async open({ steps = [{ approvers: users('bob') }], fourEyes = true, runAt, now = new Date() } = {}) {
      const [id, subjectId] = [uuidv7(), uuidv7()];
      const title = 'Change a disk';
      const payload = { title, instructions: `Pull the third one of ${randomUUID()}` };
      const content: ChangeContent = {
        kind: 'manual.step',
        schemaVersion: 1,
        payload,
        targets: [],
        baseVersion: '',
        runAt: runAt?.toISOString() ?? null,
      };
      const flow = { steps: steps.map((step) => ({ ...plainStep, ...step })), fourEyes, policyVersion: 'p1' };
      const hash = contentHash(content, flow);
      await transact(db, async (tx) => {
        const requester = { id: 'ann', name: 'ann' };
        await kindsOn(tx)['manual.step'].write({ id: subjectId, proposer: requester, ticketId: id }, payload);
        await tx
          .insertInto('ticket')
          .values({
            id,
            kind: 'manual.step',
            title,
            state: 'pending',
            subject_id: subjectId,
            content_hash: hash,
            requester_id: 'ann',
            requester_name: 'ann',
            run_at: runAt ?? null,
            result: null,
            reason: null,
          })
          .execute();
        await tx
          .insertInto('change_version')
          .values({
            ticket_id: id,
            version: 1,
            kind: 'manual.step',
            content: JSON.stringify(content),
            content_hash: hash,
            risk: 'low',
            flow: JSON.stringify(flow),
            made_by: 'ann',
            why: '[]',
          })
          .execute();
        await beginStep(tx, id, { step: 0, now });
      });
      return id;
    },
    check(ticketId, action, by, asked = {}) {
      const role = stagePeople[by as StagePerson];
      return transact(db, (tx) =>
        checkTicketOperation(tx, kindsOn(tx), { ticketId, action, actor: { id: by, role }, ...asked }),
      );
    },
    async request(ticketId, action, by, asked = {}) {
      const id = uuidv7();
      const { version, contentHash: hash } = await current(ticketId);
      await transact(db, (tx) =>
        createTicketOperation(tx, {
          id,
          ticketId,
          action,
          actor: { id: by, name: by },
          message: asked.message ?? '',
          version: asked.version ?? version,
          contentHash: asked.contentHash ?? hash,
          step: asked.step,
          details: { ...(asked.userId === undefined ? {} : { userId: asked.userId }), ...asked.details },
        }),
      );
      return id;
    },
    apply: (ticketId, operationId) => applyTicketOperation(db, kindsOn, { ticketId, operationId }),
    async act(ticketId, action, by, asked) {
      return stage.apply(ticketId, await stage.request(ticketId, action, by, asked));
    },
    async story(ticketId) {
      const { rows } = await sql<{ line: string }>`select concat_ws(' ', kind, actor) as line from ticket_timeline
        where ticket_id = ${ticketId}::uuid order by id`.execute(db);
      return rows.map(({ line }) => line);
    },
    async snapshot(ticketId) {
      const { rows } = await sql<{ text: string }>`select concat_ws(E'\n',
          (select to_jsonb(t) from ticket t where id = ${ticketId}::uuid),
          (select json_agg(d order by d.id) from ticket_decision d where ticket_id = ${ticketId}::uuid),
          (select json_agg(l order by l.id) from ticket_timeline l where ticket_id = ${ticketId}::uuid),
          (select json_agg(w order by w.principal) from ticket_waiting w where ticket_id = ${ticketId}::uuid),
          (select json_agg(a order by a.step, a.user_id) from ticket_approver a where ticket_id = ${ticketId}::uuid),
          (select json_agg(n order by n.id) from notification n join announcement a on a.id = n.announcement_id
            where a.subject_id = ${ticketId}),
          (select count(*) from audit)) as text`.execute(db);
      return rows[0]?.text ?? '';
    },
  };
  return stage;
}
