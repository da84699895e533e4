import type { FiringState } from './schedule.ts';

/** Id of the Temporal Schedule that fires one of ours. */
export const temporalScheduleId = (scheduleId: string): string => `schedule/${scheduleId}`;
/** Id of the workflows that it starts; Temporal adds `-` and the time at which they were due. */
export const firingWorkflowId = (scheduleId: string): string => `firing/${scheduleId}`;

/** What became of a firing; `not-due`: the ledger knows no schedule that is due then, so nothing was done. */
export interface FiringResult {
  readonly state: FiringState | 'not-due';
}

/** Activities of the firing workflow. */
export interface ScheduleActivities {
  /** Decides once what becomes of a time at which a schedule is due (ISO 8601), and starts what it starts. */
  fireSchedule(input: { scheduleId: string; dueAt: string }): Promise<FiringResult>;
}
