import { type ApiProblem, asProblem } from '#web/lib/api/problem.ts';
import { type SubmittedTask, tasks } from '#web/nouns/tasks/client.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { type DraftStep, type TaskDraft } from '#web/nouns/tasks/draft/draft.ts';
import { type DraftField, faultsOfDraft, fieldsOfStep, firstFaultyStep } from '#web/nouns/tasks/draft/draft-faults.ts';
import { inputOfDraft } from '#web/nouns/tasks/draft/draft-input.ts';
import { createDraftStorage, freshDraft, type KeptDraft } from './draft-storage.ts';
import { faultWords } from '#web/lib/ui/problem-words.ts';
import { isUntouched, problemFields } from '#web/nouns/tasks/draft/problem-fields.ts';

const keepAfterMs = 300;

/** The task being written on this page: its draft, what is wrong with it, and its submission. */
export class TaskDesk {
  readonly #storage = createDraftStorage(sessionStorage);
  #kept = $state.raw<KeptDraft>(freshDraft());
  #previous = $state.raw<KeptDraft | undefined>(this.#storage.previous());
  #fits = $state(true);
  #shown = $state.raw<ReadonlySet<DraftStep>>(new Set());
  /** What the api refused, with the draft that it looked at. */
  #refusal = $state.raw<{ readonly problem: ApiProblem; readonly draft: TaskDraft }>();
  #busy = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;

  readonly faults = $derived(faultsOfDraft(this.draft, Date.now()));
  readonly #said = $derived(
    this.#refusal === undefined ? {} : problemFields(this.#refusal.problem, this.#refusal.draft, faultWords),
  );

  get draft(): TaskDraft {
    return this.#kept.draft;
  }
  get seed(): string {
    return this.#kept.seed;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** A written draft that this one took the place of. */
  get previous(): KeptDraft | undefined {
    return this.#previous;
  }
  /** Whether the browser has room to keep the draft. */
  get isKept(): boolean {
    return this.#fits;
  }
  /** The refusal of the last submission, until the draft is changed. */
  get problem(): ApiProblem | undefined {
    return this.#refusal?.draft === this.draft ? this.#refusal.problem : undefined;
  }

  /** Takes up the draft of this tab if it was begun from the same address, or from any where `seed` is empty. */
  takeUp(seed: string): boolean {
    const kept = this.#storage.current();
    if (kept === undefined || (seed !== '' && kept.seed !== seed)) return false;
    this.#kept = kept;
    return true;
  }

  /** Begins another draft; a written one is laid aside. */
  begin(change: Partial<TaskDraft>, seed: string): void {
    this.keepNow();
    this.#storage.layAside();
    this.#previous = this.#storage.previous();
    this.#start(freshDraft(change, seed));
  }

  /** Goes on with the draft that was laid aside; the present one is laid aside in its place. */
  takeUpPrevious(): void {
    const previous = this.#previous;
    if (previous === undefined) return;
    this.keepNow();
    this.#storage.forgetPrevious();
    this.#storage.layAside();
    this.#previous = this.#storage.previous();
    this.#start({ ...previous, seed: '' });
  }

  forgetPrevious(): void {
    this.#storage.forgetPrevious();
    this.#previous = undefined;
  }

  set(change: Partial<TaskDraft>): void {
    this.#kept = { ...this.#kept, draft: { ...this.draft, ...change } };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.keepNow(), keepAfterMs);
  }

  keepNow(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#fits = this.#storage.keep(this.#kept);
  }

  /** Whether a step has nothing wrong; if it has, its faults are shown from now on. */
  check(step: DraftStep): boolean {
    const good = fieldsOfStep[step].every((field) => this.faults[field] === undefined);
    if (!good) this.#shown = new Set([...this.#shown, step]);
    return good;
  }

  /** The step before which nobody should go on; `review` where all is well. */
  get firstFaultyStep(): DraftStep {
    return firstFaultyStep(this.faults);
  }

  /** Whether a step has something to put right that its visitor was told of. */
  isFaulty(step: DraftStep): boolean {
    return fieldsOfStep[step].some((field) => this.errorOf(field) !== undefined);
  }

  /** What to say at a field: what the api said of it, else what the browser knows, once the step was to be left. */
  errorOf(field: DraftField): string | undefined {
    const said =
      this.#refusal !== undefined && isUntouched(field, this.#refusal.draft, this.draft)
        ? this.#said[field]
        : undefined;
    if (said !== undefined) return said;
    const fault = this.faults[field];
    const shown = [...this.#shown].some((step) => (fieldsOfStep[step] as readonly string[]).includes(field));
    return fault !== undefined && shown ? t(fault.key, fault.params) : undefined;
  }

  /** The first step that has a field of which the api said something. */
  get refusedStep(): DraftStep | undefined {
    const fields = Object.keys(this.#said);
    return (['script', 'hosts', 'how'] as const).find((step) =>
      fieldsOfStep[step].some((field) => fields.includes(field)),
    );
  }

  /** Submits the draft; undefined where it was refused, which `problem` and the fields then say. */
  async submit(): Promise<SubmittedTask | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    const { draft, key } = this.#kept;
    try {
      const submitted = await tasks.submit(inputOfDraft(draft), key);
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.#storage.forget();
      return submitted;
    } catch (error) {
      this.#refusal = { problem: asProblem(error), draft };
      return undefined;
    } finally {
      this.#busy = false;
    }
  }

  #start(kept: KeptDraft): void {
    this.#kept = kept;
    this.#shown = new Set();
    this.#refusal = undefined;
    this.#fits = this.#storage.keep(kept);
  }
}
