/** Activities that do nothing: only their steps are wanted. */
export interface RawActivities {
  decide(): Promise<void>;
  release(): Promise<void>;
  advance(): Promise<void>;
  deliver(): Promise<void>;
}

const nothing = (): Promise<void> => Promise.resolve();

export const rawActivities: RawActivities = { decide: nothing, release: nothing, advance: nothing, deliver: nothing };
