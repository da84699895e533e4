import { randomUUID } from 'node:crypto';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import { describe, it } from 'vitest';
import { ticketWorkflowId } from '#domain/tickets/ports.ts';
import { createTestDatabase } from '#tests/support/database.ts';
import type { Doom } from '#tests/support/mortal-worker-process.ts';
import { type MortalWorkers, startMortalWorkers } from '#tests/support/mortal-workers.ts';
import { quietTemporal } from '#tests/support/quiet-temporal.ts';
import { createTimeSkipper } from '#tests/support/skip-time.ts';
import { seedsOfThisRun } from '#tests/support/seeds.ts';
import { startTimeSkipping } from '#tests/support/temporal.ts';
import { act, sweep } from '#tests/support/ticket-deeds.ts';
import { changePolicy, randomOf, randomPolicy, setOwner, type Subject } from '#tests/support/ticket-model.ts';
import { faultsOf } from '#tests/support/ticket-reference.ts';
import { createTicketStage, type TicketStage } from '#tests/support/ticket-workflow-stage.ts';
import type { Place } from '#tests/support/ticket-workflow-ledger.ts';

/**
 * Random lives of tickets on the time-skipping server and the real ledger, judged by rules of the test's own.
 * The night has 500 of them, the gate fifty, ten of those mortal. What becomes of the workers, the seed says too:
 * - mortal (one of ten): they are processes that die by SIGKILL, just before an activity, just after its effect is committed
 *   (its answer is lost), or at any moment, with all that they had in hand; those that are left go on.
 * - forgetful (four of ten): 5 % of all activities fail before they begin, 10 % after their effect is committed.
 * - sound (five of ten): nothing happens to them.
 *
 * Mortal workers keep no workflow in memory, so every workflow task replays the whole history, as a survivor has to: the
 * time-skipping server never takes a task back that it gave to the sticky queue of a worker that has gone, and stands still.
 * Workers that do, killed on a real server: ticket.workflow.test.ts (stopped), tests/chaos/tickets.night.test.ts (kill -9).
 */
const allSeeds = Array.from({ length: 500 }, (_, n) => n + 1);
const batchSize = 50;
const rounds = 6;
const timeout = 20 * 60_000;
/** From so many lives on it is no matter of chance that what they are for happens. */
const enough = { mortal: 10, forgetful: 20 };
/** The same, in every way that there is. */
const enoughForAll = { mortal: 20, forgetful: 100 };

type Fate = 'mortal' | 'forgetful' | 'sound';
const fateOf = (seed: number): Fate => (seed % 10 === 0 ? 'mortal' : seed % 10 < 5 ? 'forgetful' : 'sound');
const gateSeeds = [
  ...allSeeds.filter((seed) => fateOf(seed) === 'mortal').slice(0, 10),
  ...allSeeds.filter((seed) => fateOf(seed) !== 'mortal').slice(0, 40),
];
const seeds = seedsOfThisRun('random lives of tickets', { gate: gateSeeds, all: allSeeds });
const firstSeed = seeds[0] ?? 1;
const seedsOf = Object.groupBy(seeds, fateOf);

/** A server, a ledger and a stage, for so many lives. */
interface World {
  readonly environment: TestWorkflowEnvironment;
  readonly stage: TicketStage;
  readonly databaseUrl: string;
  readonly clock: () => Promise<Date>;
  readonly takePlace: () => Place;
  readonly remove: () => Promise<void>;
}

async function createWorld(places: number): Promise<World> {
  quietTemporal();
  const environment = await startTimeSkipping();
  const database = await createTestDatabase({ max: 16 });
  const clock = async () => new Date(await environment.currentTimeMs());
  const stage = await createTicketStage(database.db, { address: environment.address, places, clock });
  stage.play = (host) => (host.endsWith('3') ? 'failed' : 'succeeded');
  let taken = 0;
  return {
    environment,
    stage,
    clock,
    databaseUrl: database.url,
    takePlace: () => stage.ledger.places[taken++]!,
    async remove() {
      await stage.remove();
      await database.remove();
      await environment.teardown();
    },
  };
}

async function open({ environment, stage, takePlace }: World, seed: number) {
  const random = randomOf(seed);
  const place = takePlace();
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

/** Lets the seeds live, so many at a time, each to its end or for all the time there is. `haunt` comes before each round. */
async function live(
  world: World,
  all: readonly number[],
  haunt: (round: number) => Promise<void> = () => Promise.resolve(),
): Promise<Subject[]> {
  const lived: Subject[] = [];
  for (let from = 0; from < all.length; from += batchSize) {
    const lives = await Promise.all(all.slice(from, from + batchSize).map((seed) => open(world, seed)));
    const subjects = lives.map(({ subject }) => subject);
    const taskIds = subjects.flatMap(({ kind, subjectId }) => (kind === 'task.run' ? [subjectId] : []));
    const skipper = createTimeSkipper(world.environment, world.stage.client, taskIds);
    const pace = randomOf(1_000_000 + (all[from] ?? 0));
    for (let round = 0; round < rounds; round++) {
      await haunt(round);
      await Promise.all(
        lives.map(async ({ subject, random }) => {
          for (let n = random.below(3); n > 0; n--) await act(world.stage, subject, random);
        }),
      );
      await skipper.sleep(pace.below(4) * 60_000 + 1_000);
    }
    for (let turn = 0; turn < 16 && !(await sweep(world.stage, subjects)); turn++) await skipper.sleep(15 * 60_000);
    lived.push(...subjects);
    if (skipper.freed() > 0) console.info(`the server's clock was freed ${skipper.freed()} times`);
  }
  return lived;
}

/** Faults of all lives, each with its seed; prints how they ended. */
async function faultsOfAll(what: Fate, { stage }: World, subjects: readonly Subject[]): Promise<string[]> {
  const faults: string[] = [];
  const ends: Record<string, number> = {};
  for (const subject of subjects) {
    for (const fault of await faultsOf(stage.db, subject)) faults.push(`seed ${subject.seed}: ${fault}`);
    const { state } = await stage.ledger.ticket(subject.ticketId);
    ends[state] = (ends[state] ?? 0) + 1;
  }
  console.info(`${subjects.length} ${what} lives from seed ${firstSeed}: ${JSON.stringify(ends)}`);
  return faults;
}

/** How many tickets a worker went on with after another one that died had them. */
async function carriedOn({ stage }: World, { dead }: MortalWorkers, subjects: readonly Subject[]): Promise<number> {
  let carried = 0;
  for (const { ticketId } of subjects) {
    const { events } = await stage.client.workflow.getHandle(ticketWorkflowId(ticketId)).fetchHistory();
    const carriers = (events ?? []).flatMap((event) => event.workflowTaskStartedEventAttributes?.identity ?? []);
    const died = carriers.findIndex((identity) => dead.has(Number(identity.split('@')[0])));
    if (died !== -1 && carriers.slice(died).some((identity) => identity !== carriers[died])) carried++;
  }
  return carried;
}

/** Who has to die before each round; in an activity that is rare, they wait for it. */
const deathsOfRound: readonly (readonly (Doom | 'struck')[])[] = [
  [{ when: 'after', activity: 'releaseTicket' }],
  ['struck', { when: 'after' }],
  [{ when: 'before' }],
  ['struck', { when: 'after', activity: 'applyTicketOperation' }],
  [{ when: 'after', activity: 'advanceTicket' }],
  [{ when: 'after', activity: 'advanceTask' }],
];

describe.concurrent('random lives: one outcome, never stuck, applied once and only with what the flow asks', () => {
  it(
    'with sound workers, and with some whose activities fail or forget to answer',
    { timeout },
    async ({ expect, onTestFinished }) => {
      const { sound = [], forgetful = [] } = seedsOf;
      const world = await createWorld(sound.length + forgetful.length);
      onTestFinished(world.remove);
      const chance = randomOf(2_000_000 + firstSeed);
      const lost: Record<string, number> = {};
      const lose = (what: string) => {
        lost[what] = (lost[what] ?? 0) + 1;
        return new Error(what);
      };
      await world.stage.startWorker();
      const faults = await faultsOfAll('sound', world, await live(world, sound));
      world.stage.around = async (name, run) => {
        const dice = chance.below(100);
        if (dice < 5) throw lose(`before ${name}`);
        const result = await run();
        if (dice < 15) throw lose(`after ${name}`);
        return result;
      };
      faults.push(...(await faultsOfAll('forgetful', world, await live(world, forgetful))));
      console.info(`activities that failed, and when: ${JSON.stringify(lost)}`);
      expect(faults).toEqual([]);
      if (forgetful.length < enough.forgetful) return;
      for (const when of ['before', 'after']) {
        expect(Object.keys(lost).filter((what) => what.startsWith(when))).not.toEqual([]);
      }
      if (forgetful.length < enoughForAll.forgetful) return;
      for (const name of ['advanceTicket', 'applyTicketOperation', 'releaseTicket', 'advanceTask']) {
        expect(lost[`before ${name}`] ?? 0).toBeGreaterThan(0);
        expect(lost[`after ${name}`] ?? 0).toBeGreaterThan(0);
      }
    },
  );

  it('with workers that are killed', { timeout }, async ({ expect, onTestFinished }) => {
    const { mortal = [] } = seedsOf;
    if (mortal.length === 0) return;
    const world = await createWorld(mortal.length);
    onTestFinished(world.remove);
    const { clock, databaseUrl } = world;
    const workers = await startMortalWorkers({ count: 3, address: world.environment.address, databaseUrl, clock });
    onTestFinished(workers.stop);
    const subjects = await live(world, mortal, async (round) => {
      for (const death of deathsOfRound[round] ?? []) await workers.kill(death);
    });
    const faults = await faultsOfAll('mortal', world, subjects);
    const deaths = [...workers.deaths];
    const carried = await carriedOn(world, workers, subjects);
    const shown = JSON.stringify(Object.fromEntries(deaths));
    console.info(`deaths of workers: ${shown}; tickets that others went on with: ${carried}`);
    expect(faults).toEqual([]);
    if (mortal.length < enough.mortal) return;
    const died = (...ways: string[]) => deaths.filter(([death]) => ways.some((way) => death.startsWith(way)));
    expect(died('struck')).not.toEqual([]);
    expect(died('before', 'after')).not.toEqual([]);
    expect(carried).toBeGreaterThan(0);
    if (mortal.length < enoughForAll.mortal) return;
    expect(died('before')).not.toEqual([]);
    expect(died('after')).not.toEqual([]);
  });
});
