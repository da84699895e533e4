import { randomUUID } from 'node:crypto';
import { sql } from 'kysely';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { taskPayloadSchema } from '#domain/tasks/task.ts';
import type { TicketAction } from '#domain/tickets/ticket.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { startTimeSkipping } from '#tests/support/temporal.ts';
import {
  behindItsBack,
  changePolicy,
  type Random,
  randomOf,
  randomPolicy,
  setDisabled,
  setOwner,
  type Subject,
} from '#tests/support/ticket-model.ts';
import { faultsOf } from '#tests/support/ticket-reference.ts';
import type { OperationAsk } from '#tests/support/ticket-workflow-ledger.ts';
import { createTicketStage, type TicketStage } from '#tests/support/ticket-workflow-stage.ts';

/**
 * Random lives of tickets on the time-skipping server and the real ledger, judged by rules of the test's own.
 * SIGNALBOX_SEEDS raises their number (500), SIGNALBOX_SEED names the first (1). Workers do not die here: after the death of
 * one the time-skipping server no longer skips time (seen); ticket.workflow.test.ts and tests/chaos have that on real servers.
 */
const seeds = Number(process.env['SIGNALBOX_SEEDS'] ?? 500);
const firstSeed = Number(process.env['SIGNALBOX_SEED'] ?? 1);
const batchSize = 50;
const rounds = 6;

let environment: TestWorkflowEnvironment;
let database: TestDatabase;
let stage: TicketStage;

beforeAll(async () => {
  quietTemporal();
  environment = await startTimeSkipping();
  database = await createTestDatabase({ max: 16 });
  stage = await createTicketStage(database.db, {
    address: environment.address,
    places: seeds,
    clock: async () => new Date(await environment.currentTimeMs()),
  });
  stage.play = (host) => (host.endsWith('3') ? 'failed' : 'succeeded');
  await stage.startWorker();
});
afterAll(async () => {
  await stage.remove();
  await database.remove();
  await environment.teardown();
});

async function open(index: number): Promise<{ subject: Subject; random: Random }> {
  const seed = firstSeed + index;
  const random = randomOf(seed);
  const place = stage.ledger.places[index]!;
  const kind = random.chance(0.85) ? 'task.run' : 'manual.step';
  const subject: Subject = { seed, place, kind, ticketId: randomUUID(), subjectId: '', moves: [] };
  let policy = randomPolicy(random, place);
  while (policy.mode !== 'ticket') policy = randomPolicy(random, place);
  await changePolicy(stage.db, subject, policy);
  for (const userId of place.people.slice(3, 5)) await setOwner(stage.db, subject, userId, true);
  const now = await environment.currentTimeMs();
  const runAt = random.chance(0.2) ? { runAt: new Date(now + (5 + random.below(40)) * 60_000) } : {};
  Object.assign(subject, await stage.ledger.open(place, { kind, ...runAt }));
  if (random.chance(0.7)) await stage.start(subject.ticketId);
  return { subject, random };
}

/** One thing that somebody does. What is refused is part of the game; what happened, the ledger says. */
async function act(subject: Subject, random: Random): Promise<void> {
  const { place, ticketId } = subject;
  const anybody = () => random.pick([...place.people, ...place.people.slice(0, 3), place.requester]);
  const deed = random.below(100);
  if (deed < 50)
    return send(subject, random, 'approve', anybody(), random.chance(0.1) ? { step: random.below(3) } : {});
  if (deed < 54) return send(subject, random, 'reject', anybody());
  if (deed < 56) return send(subject, random, 'withdraw', place.requester);
  if (deed < 60) return send(subject, random, 'comment', anybody());
  if (deed < 66) return send(subject, random, 'transfer', anybody(), { userId: anybody() });
  if (deed < 72) return send(subject, random, 'add-approver', anybody(), { userId: anybody() });
  if (deed < 76) return send(subject, random, 'resubmit', place.requester, { details: otherContent(subject, random) });
  if (deed < 80) return send(subject, random, 'approve', anybody(), { contentHash: 'what it was before' });
  if (deed < 82) return send(subject, random, 'complete', anybody(), { details: { outcome: 'done' } });
  if (deed < 88) return setDisabled(stage.db, subject, random.pick(place.people), random.chance(0.6));
  if (deed < 92) return setOwner(stage.db, subject, random.pick(place.people), random.chance(0.4));
  if (deed < 95) return changePolicy(stage.db, subject, randomPolicy(random, place));
  if (deed < 97) return tamper(subject);
  const handle = environment.client.workflow.getHandle(`ticket/${ticketId}`);
  await handle.signal('nudge').catch(() => undefined);
}

function otherContent({ place, kind }: Subject, random: Random): Record<string, unknown> {
  const payload = taskPayloadSchema.parse({ script: `echo ${random.below(1_000)}` });
  const task = { title: `Another ${kind}`, payload, strategy: { onError: 'continue' } };
  return { task, hosts: [place.host], nodes: [{ id: place.nodeId, fullName: place.node }] };
}

/** Somebody changes in the database what was approved. */
function tamper(subject: Subject): Promise<void> {
  return behindItsBack(stage.db, subject, async (tx) => {
    await sql`update task set payload = jsonb_set(payload, '{script}', '"rm -rf /"')
      where id = ${subject.subjectId}::uuid and state = 'awaiting-approval'`.execute(tx);
    return { kind: 'disabled', userId: 'nobody', is: true };
  });
}

async function send(subject: Subject, random: Random, action: TicketAction, actor: string, ask: OperationAsk = {}) {
  const id = await stage.ledger.request(subject.ticketId, action, actor, ask);
  // Some get lost on their way: a sweeper sends them later. Some are sent twice.
  const times = random.pick([0, 1, 1, 1, 1, 1, 1, 1, 2]);
  const answers = await Promise.allSettled(
    Array.from({ length: times }, () => sendInTime(subject.ticketId, action, id)),
  );
  const given = answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []));
  const [first] = given;
  for (const other of given) expect([other.applied, other.reason]).toEqual([first?.applied, first?.reason]);
}

/** Like the api, whoever asks waits so long and no longer: a run that was terminated never answers. */
function sendInTime(ticketId: string, action: TicketAction, id: string) {
  return stage.client.withDeadline(Date.now() + 3_000, () => stage.send(ticketId, action, id, randomUUID()));
}

/** What sweepers do, and people who finish what they began, until every ticket has ended or had all the time there is. */
async function comesToItsEnd(subjects: readonly Subject[]): Promise<void> {
  for (let turn = 0; turn < 16; turn++) {
    const ids = subjects.map((subject) => subject.ticketId);
    const open = await stage.db
      .selectFrom('ticket')
      .select(['id', 'state', 'kind', 'requester_id'])
      .where('id', 'in', ids)
      .where('ended_at', 'is', null)
      .execute();
    if (open.length === 0) return;
    const lost = await stage.db
      .selectFrom('ticket_operation')
      .select(['id', 'action', 'ticket_id'])
      .where('ticket_id', 'in', ids)
      .where('state', '=', 'requested')
      .execute();
    await Promise.allSettled(lost.map((one) => sendInTime(one.ticket_id, one.action, one.id)));
    await Promise.all(open.map(({ id }) => stage.start(id)));
    const toDo = open.filter(({ kind, state }) => kind === 'manual.step' && state === 'applying');
    const outcome = { details: { outcome: 'done' } };
    await Promise.allSettled(
      toDo.map(async ({ id, requester_id }) =>
        sendInTime(id, 'complete', await stage.ledger.request(id, 'complete', requester_id, outcome)),
      ),
    );
    await environment.sleep('15 minutes');
  }
}

it(
  `${seeds} random lives: one outcome, never stuck, applied once and only with what the flow asks`,
  async () => {
    const faults: string[] = [];
    const outcomes = new Map<string, number>();
    for (let from = 0; from < seeds; from += batchSize) {
      const all = await Promise.all(
        Array.from({ length: Math.min(batchSize, seeds - from) }, (_, index) => open(from + index)),
      );
      const fate = randomOf(1_000_000 + firstSeed + from);
      for (let round = 0; round < rounds; round++) {
        const deeds = all.map(async ({ subject, random }) => {
          for (let n = random.below(3); n > 0; n--) await act(subject, random);
        });
        await Promise.all(deeds);
        await environment.sleep(fate.below(4) * 60_000 + 1_000);
      }
      const subjects = all.map(({ subject }) => subject);
      await comesToItsEnd(subjects);
      for (const subject of subjects) {
        for (const fault of await faultsOf(stage.db, subject)) faults.push(`seed ${subject.seed}: ${fault}`);
        const { state } = await stage.ledger.ticket(subject.ticketId);
        outcomes.set(state, (outcomes.get(state) ?? 0) + 1);
      }
    }
    console.info(`outcomes of ${seeds} seeds from ${firstSeed}: ${JSON.stringify(Object.fromEntries(outcomes))}`);
    expect(faults).toEqual([]);
  },
  20 * 60_000,
);
