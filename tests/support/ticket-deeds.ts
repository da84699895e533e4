import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import { expect } from 'vitest';
import type { TaskRunProposal } from '#domain/tasks/task-run.kind.ts';
import { taskPayloadSchema } from '#domain/tasks/task.ts';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import {
  behindItsBack,
  changePolicy,
  type Random,
  randomPolicy,
  setDisabled,
  setOwner,
  type Subject,
} from './ticket-model.ts';
import type { OperationAsk } from './ticket-workflow-ledger.ts';
import type { TicketStage } from './ticket-workflow-stage.ts';

/** One thing that somebody does. What is refused is part of the game; what happened, the ledger says. */
export async function act(stage: TicketStage, subject: Subject, random: Random): Promise<void> {
  const { place, ticketId } = subject;
  const anybody = () => random.pick([...place.people, ...place.people.slice(0, 3), place.requester]);
  const ask = (action: TicketAction, actor: string, more?: OperationAsk) =>
    send(stage, subject, random, action, actor, more);
  const deed = random.below(100);
  if (deed < 50) return ask('approve', anybody(), random.chance(0.1) ? { step: random.below(3) } : {});
  if (deed < 54) return ask('reject', anybody());
  if (deed < 56) return ask('withdraw', place.requester);
  if (deed < 60) return ask('comment', anybody());
  if (deed < 66) return ask('transfer', anybody(), { userId: anybody() });
  if (deed < 72) return ask('add-approver', anybody(), { userId: anybody() });
  if (deed < 76) return ask('resubmit', place.requester, { details: otherContent(subject, random) });
  if (deed < 80) return ask('approve', anybody(), { contentHash: 'what it was before' });
  if (deed < 82) return ask('complete', anybody(), { details: { outcome: 'done' } });
  if (deed < 88) return setDisabled(stage.db, subject, random.pick(place.people), random.chance(0.6));
  if (deed < 92) return setOwner(stage.db, subject, random.pick(place.people), random.chance(0.4));
  if (deed < 95) return changePolicy(stage.db, subject, randomPolicy(random, place));
  if (deed < 97) return tamper(stage, subject);
  const handle = stage.client.workflow.getHandle(ticketWorkflowId(ticketId));
  await handle.signal('nudge').catch(() => undefined);
}

/** What sweepers do, and people who finish what they began. Answers whether all tickets have ended. */
export async function sweep(stage: TicketStage, subjects: readonly Subject[]): Promise<boolean> {
  const ids = subjects.map((subject) => subject.ticketId);
  const open = await stage.db
    .selectFrom('ticket')
    .select(['id', 'state', 'kind', 'requester_id'])
    .where('id', 'in', ids)
    .where('ended_at', 'is', null)
    .execute();
  if (open.length === 0) return true;
  const lost = await stage.db
    .selectFrom('operation')
    .select(['id', 'action', 'subject_id'])
    .where('subject_id', 'in', ids)
    .where('state', '=', 'requested')
    .execute();
  await Promise.allSettled(lost.map((one) => sendInTime(stage, one.subject_id, one.action as TicketAction, one.id)));
  await Promise.all(open.map(({ id }) => stage.start(id)));
  const toDo = open.filter(({ kind, state }) => kind === 'manual.step' && state === 'applying');
  const outcome = { details: { outcome: 'done' } };
  await Promise.allSettled(
    toDo.map(async ({ id, requester_id }) =>
      sendInTime(stage, id, 'complete', await stage.ledger.request(id, 'complete', requester_id, outcome)),
    ),
  );
  return false;
}

function otherContent({ place, kind }: Subject, random: Random): Record<string, unknown> {
  const payload: TaskRunProposal = {
    title: `Another ${kind}`,
    payload: taskPayloadSchema.parse({ script: `echo ${random.below(1_000)}` }),
    strategy: { onError: 'continue' },
    target: { node: place.node },
  };
  return { payload, runAt: null, expiresAt: null };
}

/** Somebody changes in the database what was approved. */
function tamper(stage: TicketStage, subject: Subject): Promise<void> {
  return behindItsBack(stage.db, subject, async (tx) => {
    await sql`update task set payload = jsonb_set(payload, '{script}', '"rm -rf /"')
      where id = ${subject.subjectId}::uuid and state = 'awaiting-approval'`.execute(tx);
    return { kind: 'disabled', userId: 'nobody', is: true };
  });
}

async function send(
  stage: TicketStage,
  subject: Subject,
  random: Random,
  action: TicketAction,
  actor: string,
  ask: OperationAsk = {},
): Promise<void> {
  const id = await stage.ledger.request(subject.ticketId, action, actor, ask);
  // Some get lost on their way: a sweeper sends them later. Some are sent twice.
  const times = random.pick([0, 1, 1, 1, 1, 1, 1, 1, 2]);
  const answers = await Promise.allSettled(
    Array.from({ length: times }, () => sendInTime(stage, subject.ticketId, action, id)),
  );
  const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [first] = given;
  for (const other of given) expect([other.applied, other.reason]).toEqual([first?.applied, first?.reason]);
}

/** Like the api, whoever asks waits so long and no longer: a worker that died never answers. */
function sendInTime(stage: TicketStage, ticketId: string, action: TicketAction, id: string) {
  return stage.client.withDeadline(Date.now() + 3_000, () => stage.send(ticketId, action, id, randomUUID()));
}
