import { NativeConnection, Worker } from '@temporalio/worker';
import { createTaskActivities } from '#activities/tasks/task.activities.ts';
import { createTicketActivities } from '#activities/tickets/ticket.activities.ts';
import { kindsOn } from '#ledger/rooms.ts';
import { openDatabase } from '#db/database.ts';
import { controlTaskQueue } from '#domain/durables.ts';
import { workflowBundle } from '#workers/workflow-bundle.ts';
import { quietTemporal } from './quiet-temporal.ts';
import { moveLedgerClock } from './ledger-clock.ts';

/** Where in its next activity a worker dies: before the ledger hears of it, or after its effect is committed. */
export type DyingMoment = 'before' | 'after';

/** When to die: in the next activity of all, or in the next one of that name. */
export interface Doom {
  readonly when: DyingMoment;
  readonly activity?: string;
}

/** What the test tells the process: what time it is, or when to die. */
export type MortalOrder = { readonly now: number } | { readonly die: Doom };

/** What the process says: it polls, it asks for the time, or it dies now, in this activity. */
export type MortalWord = 'polls' | 'time' | { readonly dies: DyingMoment; readonly activity: string };

type Activity = (input: unknown) => Promise<unknown>;

const [address = '', databaseUrl = ''] = process.argv.slice(2);
const { db } = openDatabase(databaseUrl, { max: 8 });
const askers: ((now: Date) => void)[] = [];
let doom: Doom | undefined;

const say = (word: MortalWord, then: () => void = () => undefined) => process.send?.(word, then);

process.on('message', (order: MortalOrder) => {
  if ('die' in order) doom = order.die;
  else askers.shift()?.(new Date(order.now));
});
process.on('disconnect', () => process.exit(0));

const doomed = (when: DyingMoment, activity: string): boolean =>
  doom?.when === when && (doom.activity ?? activity) === activity;

/** The last thing that this process does, by its own hand so that the moment is exact: no finally, no exit handler. */
function die(dies: DyingMoment, activity: string): Promise<never> {
  doom = undefined;
  say({ dies, activity }, () => process.kill(process.pid, 'SIGKILL'));
  return new Promise(() => undefined);
}

const mortal = (activities: object): Record<string, Activity> =>
  Object.fromEntries(
    Object.entries(activities).map(([name, activity]) => [
      name,
      async (input: unknown) => {
        await moveLedgerClock(db, await clock());
        if (doomed('before', name)) return die('before', name);
        const result = await (activity as Activity)(input);
        return doomed('after', name) ? die('after', name) : result;
      },
    ]),
  );

const clock = () =>
  new Promise<Date>((resolve) => {
    askers.push(resolve);
    say('time');
  });

quietTemporal();
const worker = await Worker.create({
  connection: await NativeConnection.connect({ address }),
  namespace: 'default',
  taskQueue: controlTaskQueue,
  workflowBundle: await workflowBundle(),
  activities: mortal({
    ...createTaskActivities({ db, leaseMs: 60_000 }),
    ...createTicketActivities({ db, kindsOn }),
  }),
  // The time-skipping server never takes a task back from the queue of a worker that is gone: nothing may be cached.
  maxCachedWorkflows: 0,
});
const running = worker.run();
say('polls');
await running;
