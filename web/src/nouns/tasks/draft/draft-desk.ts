import type { TaskDraft } from './draft.ts';
import type { DraftFaults, DraftField } from './draft-faults.ts';

/** What the fields of a draft are written into, and what is said at each of them. */
export interface DraftDesk {
  readonly draft: TaskDraft;
  /** What is wrong with the draft, said or not. */
  readonly faults: DraftFaults;
  set(change: Partial<TaskDraft>): void;
  /** What to say at a field. */
  errorOf(field: DraftField): string | undefined;
}
