import type { Database } from '#db/database.ts';
import type { DurableName } from '#domain/names.ts';

/** When what the ledger holds counts as not heard of, and how much of it is claimed at once. */
export interface ClaimLimits {
  /** After so long, what no workflow has looked at yet is started. */
  readonly newMs: number;
  /** After so long, what stands still is started again. */
  readonly stalledMs: number;
  /** After so long, what was to be woken and has not looked since is woken again. */
  readonly dueMs: number;
  readonly limit: number;
}

/** What the ledger declares of a noun that a workflow carries; workflows/rooms.ts holds how it is started and what it is told. */
export interface Durable<Noun extends DurableName = DurableName> {
  readonly noun: Noun;
  /**
   * Claims subjects that want their workflow started or woken, and answers their ids. A claim holds for a while, so that several
   * sweepers share the work and a start that failed is tried again.
   */
  readonly claim: (db: Database, limits: ClaimLimits) => Promise<string[]>;
}
