import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { afterAll, beforeAll, describe, expect, it, onTestFailed } from 'vitest';
import { endedTicketStates, type TicketAction } from '#domain/tickets/ticket.ts';
import { eventually, report } from '#tests/support/eventually.ts';
import { seededChance } from '#tests/support/faults.ts';
import { openJournal } from '#tests/support/journal.ts';
import { judge } from '#tests/support/oracle.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { type SimulatedFleet, startFleet } from '#tests/support/sim-fleet.ts';
import {
  approvedBy,
  createPerson,
  decideStubbornly,
  getTicket,
  setPolicy,
  submitForApproval,
  ticketReaches,
} from '#tests/support/tickets.ts';
import { carryOut, type Cast, demandedEnd, type Fate, fates, type Planned } from './ticket-fates.ts';
import { breakAndWait, type TicketFault, ticketFaults } from './ticket-faults.ts';

/** As long as decisions are spread over. */
const decidingMs = 100_000;
const awayMs = 25_000;

/** R1–R4 with a hundred tickets in every state. */
describe('kill -9 of anything, while a hundred tickets are decided', () => {
  let platform: Platform;
  let fleet: SimulatedFleet;
  let cast: Cast;
  const agents: RealAgent[] = [];

  beforeAll(async () => {
    platform = await startPlatform();
    fleet = await startFleet(platform, { count: 40, prefix: 'sim' });
    for (const node of ['fates.any', 'fates.both']) await platform.cli(['node', 'create', node]);
    for (const name of ['real-1', 'real-2']) agents.push(await addAgent(platform, name, { node: 'fates.any' }));
    const [anyHosts, bothHosts] = [fleet.names.slice(0, 20), fleet.names.slice(20)];
    expect((await platform.cli(['node', 'bind', 'fates.any', ...anyHosts])).code).toBe(0);
    expect((await platform.cli(['node', 'bind', 'fates.both', ...bothHosts])).code).toBe(0);
    const asker = await createPerson(platform, 'asker', 'ops');
    const one = await createPerson(platform, 'one', 'viewer');
    const two = await createPerson(platform, 'two', 'viewer');
    cast = { asker, one, two };
    await setPolicy(platform, 'fates.any', approvedBy(one, two));
    await setPolicy(platform, 'fates.both', {
      mode: 'ticket',
      steps: [one, two].map(({ name }) => ({ approvers: [{ type: 'user', user: name }] })),
    });
  }, 240_000);

  afterAll(async () => {
    await fleet?.stop();
    for (const agent of agents) await agent.stop();
    await platform?.remove();
  }, 90_000);

  it('each ends once, as its decisions demand; what was approved ran once, and nothing else ran', async () => {
    onTestFailed(() => console.error(platform.evidence()));
    const chance = seededChance('tickets');
    const journal = openJournal(join(platform.folder, 'journal'));
    await fleet.setRunMs(200, 6_000);

    const [anyHosts, bothHosts] = [fleet.names.slice(0, 20), fleet.names.slice(20)];
    const plan = (fate: Fate, index: number): Planned => {
      const two = fate === 'bothSteps' || fate === 'early' || fate === 'half';
      const hosts = chance.shuffle(two ? bothHosts : anyHosts).slice(0, chance.between(1, 3));
      if (!two && index % 4 === 0) hosts.push(chance.pick(agents).name);
      const at = (ms: number) => new Date(Date.now() + ms).toISOString();
      const name = `${fate}-${index}`;
      const times =
        fate === 'scheduled'
          ? { runAt: at(chance.between(25_000, 80_000)) }
          : fate === 'expired'
            ? { runAt: at(chance.between(25_000, 50_000)), expiresAt: at(chance.between(55_000, decidingMs)) }
            : {};
      const script = `${journal.scriptLine}\nsleep ${chance.between(0, 6)}\n`;
      return { name, fate, input: { title: name, target: { hosts }, script, ...times }, answers: [] };
    };
    const all = chance.shuffle(
      Object.entries(fates).flatMap(([fate, n]) =>
        Array.from({ length: n }, (_, index) => [fate as Fate, index] as const),
      ),
    );
    expect(all).toHaveLength(100);

    // Tickets come in, are decided and run while everything dies.
    const tickets: Planned[] = [];
    const submit = async (planned: Planned) => {
      const { name, input } = planned;
      planned.opened = await eventually(
        `${name} is submitted`,
        () => submitForApproval(platform, cast.asker, input, `submit-${name}`),
        { withinMs: 120_000 },
      );
    };
    const since = performance.now();
    const clients = all.map(async ([fate, index], order) => {
      // The first sixty are there when the faults begin.
      if (order >= 60) await sleep(chance.between(5_000, decidingMs / 2));
      const planned = plan(fate, index);
      tickets.push(planned);
      await submit(planned);
      await carryOut(platform, cast, planned, chance, decidingMs);
    });
    const deciding = Promise.all(clients);
    deciding.catch(() => undefined);
    await eventually(
      'sixty tickets are open',
      () => tickets.filter(({ opened }) => opened !== undefined).length >= 60,
      {
        withinMs: 60_000,
      },
    );
    const faults = chance.shuffle(
      Object.entries(ticketFaults).flatMap(([fault, n]) => Array<TicketFault>(n).fill(fault as TicketFault)),
    );
    for (const fault of faults) {
      await sleep(chance.between(0, 6_000));
      await breakAndWait(platform, fault, awayMs);
    }
    await deciding;
    report(`100 tickets, ${faults.length} faults: all decided after`, since);

    // What only has one of its two approvals is still there, and can be taken back.
    for (const { name, fate, opened } of tickets) {
      if (fate !== 'half' || opened === undefined) continue;
      expect((await getTicket(platform, opened.ticketId)).state).toBe('pending');
      await decideStubbornly(platform, cast.asker, opened.ticketId, 'withdraw', {}, `${name}-end`);
    }
    for (const { opened } of tickets) {
      await ticketReaches(platform, opened?.ticketId ?? '', endedTicketStates, 150_000);
    }
    report('every ticket ended after', since);

    const db = platform.database.db;
    const problems: string[] = [];
    for (const { name, fate, opened, answers } of tickets) {
      const ticketId = opened?.ticketId ?? '';
      const ticket = await getTicket(platform, ticketId);
      const operations = await db
        .selectFrom('operation')
        .select(['action', 'actor_name', 'state'])
        .where('subject_id', '=', ticketId)
        .execute();
      const applied = new Set(
        operations.filter(({ state }) => state === 'applied').map(({ action }) => action as TicketAction),
      );
      const demanded = demandedEnd(fate, applied);
      if (ticket.state !== demanded) problems.push(`${name} is ${ticket.state}, not ${demanded}: ${ticket.reason}`);
      if (operations.some(({ state }) => state === 'requested')) problems.push(`${name}: an operation is left open`);
      const keys = operations.map(({ action, actor_name }) => `${actor_name} ${action}`);
      if (new Set(keys).size !== keys.length) problems.push(`${name}: done twice: ${keys.join(', ')}`);
      // In a race one may be refused; elsewhere every decision is taken.
      for (const { who, action, answer } of answers) {
        const taken = answer.status === 200 || answer.status === 202;
        if (!taken && fate !== 'race') problems.push(`${name}: ${who} ${action}: ${JSON.stringify(answer.body)}`);
      }
      if (fate === 'race' && applied.size === 0) problems.push(`${name}: nobody won`);
      const timeline = await db
        .selectFrom('ticket_timeline')
        .select('kind')
        .where('ticket_id', '=', ticketId)
        .execute();
      const times = (kind: string) => timeline.filter((entry) => entry.kind === kind).length;
      if (times('ended') !== 1) problems.push(`${name} ended ${times('ended')} times`);
      if (times('applying') !== (demanded === 'done' ? 1 : 0))
        problems.push(`${name} applied ${times('applying')} times`);
      const task = await db
        .selectFrom('task')
        .select(['state', 'started_at'])
        .where('id', '=', opened?.taskId ?? '')
        .executeTakeFirstOrThrow();
      const end = demanded === 'done' ? 'succeeded' : 'refused';
      if (task.state !== end) problems.push(`${name}: its task is ${task.state}, not ${end}`);
    }
    expect(problems).toEqual([]);
    const statuses = tickets.flatMap(({ answers }) => answers.map(({ answer }) => answer.status));
    const counted = Object.entries(Object.groupBy(statuses, String)).map(
      ([status, all]) => `${all?.length} × ${status}`,
    );
    console.info(`decisions answered: ${counted.join(', ')}`);

    const ids = tickets.map(({ opened }) => opened?.taskId ?? '');
    const verdict = await judge(db, ids, [...journal.executions(), ...(await fleet.executions())]);
    console.info('oracle', JSON.stringify({ ...verdict, faults: verdict.faults.length }));
    expect(verdict.faults).toEqual([]);
    expect(verdict.executions).toBeGreaterThan(0);
    expect(new Set(ids).size).toBe(100);
    const known = await db
      .selectFrom('ticket')
      .select(({ fn }) => fn.countAll<string>().as('n'))
      .executeTakeFirst();
    expect(Number(known?.n)).toBe(100);

    const connection = await Connection.connect({ address: platform.temporalAddress() });
    try {
      const { workflow } = new Client({ connection });
      await eventually(
        'no workflow is left open',
        async () =>
          (
            await workflow.count(
              "ExecutionStatus = 'Running' and (WorkflowId starts_with 'ticket/' or WorkflowId starts_with 'task/')",
            )
          ).count === 0,
        { withinMs: 60_000 },
      );
    } finally {
      await connection.close();
    }
    expect(platform.logged(/unhandled|uncaught/i)).toEqual([]);
  });
});
