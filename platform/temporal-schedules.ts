import { type Client, ScheduleAlreadyRunning, ScheduleNotFoundError, type ScheduleOptions } from '@temporalio/client';

/** What a Temporal Schedule has to be. */
export interface WantedSchedule {
  readonly id: string;
  /** Kept in its note, by which a later look tells whether it is the one that is wanted. */
  readonly version: number;
  readonly cron: string;
  readonly zone: string;
  readonly paused: boolean;
  /** What was not started in time is not started at all. Milliseconds. */
  readonly catchUpMs: number;
  readonly action: {
    readonly workflowType: string;
    readonly workflowId: string;
    readonly taskQueue: string;
    readonly args: readonly unknown[];
  };
}

/** Temporal's Schedules, made to be what they have to be. Every call ends within 5 s, or fails. */
export interface TemporalSchedules {
  put(schedule: WantedSchedule): Promise<void>;
  remove(id: string): Promise<void>;
  /** Versions of those whose id begins so. */
  versions(prefix: string): Promise<Map<string, number>>;
}

const callMs = 5_000;
const listMs = 60_000;

export function createTemporalSchedules(client: Client): TemporalSchedules {
  const within = <Result>(ms: number, call: () => Promise<Result>) => client.withDeadline(Date.now() + ms, call);

  return {
    async put(schedule) {
      const options = optionsOf(schedule);
      try {
        await within(callMs, () => client.schedule.create(options));
      } catch (error) {
        if (!(error instanceof ScheduleAlreadyRunning)) throw error;
        const { spec, action, policies, state } = options;
        await within(callMs, () =>
          client.schedule
            .getHandle(schedule.id)
            .update(() => ({ spec, action, ...(policies && { policies }), state: { ...state } })),
        );
      }
    },
    async remove(id) {
      try {
        await within(callMs, () => client.schedule.getHandle(id).delete());
      } catch (error) {
        if (!(error instanceof ScheduleNotFoundError)) throw error;
      }
    },
    versions: (prefix) =>
      within(listMs, async () => {
        const found = new Map<string, number>();
        for await (const { scheduleId, state } of client.schedule.list()) {
          if (scheduleId.startsWith(prefix)) found.set(scheduleId, versionIn(state.note));
        }
        return found;
      }),
  };
}

const noteOf = (version: number) => `version ${version}`;

function versionIn(note = ''): number {
  return Number(/^version (\d+)$/.exec(note)?.[1] ?? 0);
}

function optionsOf({ id, version, cron, zone, paused, catchUpMs, action }: WantedSchedule) {
  return {
    scheduleId: id,
    spec: { cronExpressions: [cron], timezone: zone },
    action: { type: 'startWorkflow', ...action, args: [...action.args] },
    // What overlaps is for the ledger to decide, where it is seen and audited.
    policies: { overlap: 'ALLOW_ALL', catchupWindow: catchUpMs },
    state: { paused, note: noteOf(version) },
  } satisfies ScheduleOptions;
}
