import type { AdvanceResult, OperationResult } from '#domain/tasks/ports.ts';
import type { HandledOperation, TaskProgress, TaskWorkflowInput } from './task.messages.ts';

const defaultSignalLimit = 5_000;
const stormySignals = 200;
/** Enough for every operation that a sweeper could still be sending; the ledger's row is the last word anyway. */
const handledKept = 50;

/** What a run of the task workflow has in mind: where it stands, whether it was nudged, what it has answered. No Temporal. */
export class TaskState {
  readonly taskId: string;
  readonly #signalLimit: number;
  #step: number;
  #handled: HandledOperation[];
  #nudged = true;
  #signals = 0;
  #last: AdvanceResult | undefined;

  constructor(input: TaskWorkflowInput) {
    this.taskId = input.taskId;
    this.#step = input.step ?? 0;
    this.#handled = [...(input.handled ?? [])];
    this.#signalLimit = input.signalLimit ?? defaultSignalLimit;
  }

  /** The step to ask for next. */
  get nextStep(): number {
    return this.#step + 1;
  }

  /** Whether something happened since the last {@link takeNudge}. */
  get nudged(): boolean {
    return this.#nudged;
  }

  /** Whether the task had ended at the last advance and nothing happened since. */
  get finished(): boolean {
    return this.#last?.ended === true && !this.#nudged;
  }

  /** Signals that this run has heard. */
  get signals(): number {
    return this.#signals;
  }

  /** So many signals that more may arrive with every attempt to close the run. */
  get stormy(): boolean {
    return this.#signals >= stormySignals;
  }

  /** Where this run should end and hand on to the next. */
  isLongEnough(suggested: boolean): boolean {
    return suggested || this.#signals >= this.#signalLimit;
  }

  signal(): void {
    this.#signals++;
    this.#nudged = true;
  }

  nudge(): void {
    this.#nudged = true;
  }

  takeNudge(): void {
    this.#nudged = false;
  }

  /** Takes in what an advance answered; where the ledger stands elsewhere, the next advance goes on from there. */
  take(result: AdvanceResult): void {
    if (result.step !== this.nextStep && !result.ended) this.#nudged = true;
    this.#step = result.step;
    this.#last = result;
  }

  answerOf(operationId: string): OperationResult | undefined {
    return this.#handled.find((one) => one.operationId === operationId)?.result;
  }

  /** Keeps an answer over continue-as-new, and makes the loop look at once. */
  answered(operationId: string, result: OperationResult): void {
    this.#handled = [...this.#handled, { operationId, result }].slice(-handledKept);
    this.#nudged = true;
  }

  get progress(): TaskProgress {
    const known = this.#last === undefined ? {} : { state: this.#last.state, counts: this.#last.counts };
    return { taskId: this.taskId, step: this.#step, ...known };
  }

  /** What the next run starts from. */
  handOn(): TaskWorkflowInput {
    return { taskId: this.taskId, step: this.#step, handled: this.#handled, signalLimit: this.#signalLimit };
  }
}
