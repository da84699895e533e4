/** One thing that a sweeper does over and over, beside all others. */
export interface Lane {
  readonly name: string;
  /** Pause between the end of one round and the next. */
  readonly everyMs: number;
  /** One round. What fails is tried again by the next one; it should stop early where `stopping` is aborted. */
  readonly round: (stopping: AbortSignal) => Promise<void>;
}
