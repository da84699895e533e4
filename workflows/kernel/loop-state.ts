/** An operation and what it was answered. */
export interface HandledOperation<Answer> {
  readonly operationId: string;
  readonly result: Answer;
}

/** What a loop hands on by continue-as-new. */
export interface KeptByLoop<Answer> {
  readonly handled?: readonly HandledOperation<Answer>[];
  readonly signalLimit?: number;
}

const defaultSignalLimit = 5_000;
const stormySignals = 200;
/** Enough for every operation that a sweeper could still be sending; the ledger's row is the last word anyway. */
const handledKept = 50;

/** What the loop of any workflow of ours has in mind: whether it was nudged, what it has heard and answered. No Temporal. */
export abstract class LoopState<Answer> {
  readonly #signalLimit: number;
  #handled: readonly HandledOperation<Answer>[];
  #nudged = true;
  #signals = 0;

  constructor(kept: KeptByLoop<Answer>) {
    this.#handled = [...(kept.handled ?? [])];
    this.#signalLimit = kept.signalLimit ?? defaultSignalLimit;
  }

  /** Whether nothing is left to do, now or later. */
  abstract get finished(): boolean;

  /** Takes in what an operation was answered: {@link keepAnswer}, and the loop looks at once. */
  abstract answered(operationId: string, answer: Answer): void;

  /** What the next run starts from. */
  abstract handOn(): object;

  /** Whether there is something to do. */
  get stirred(): boolean {
    return this.#nudged;
  }

  /** Whether something happened since the last {@link takeNudge}. */
  get nudged(): boolean {
    return this.#nudged;
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

  answerOf(operationId: string): Answer | undefined {
    return this.#handled.find((one) => one.operationId === operationId)?.result;
  }

  /** Keeps an answer over continue-as-new. */
  protected keepAnswer(operationId: string, result: Answer): void {
    this.#handled = [...this.#handled, { operationId, result }].slice(-handledKept);
  }

  protected get kept(): Required<KeptByLoop<Answer>> {
    return { handled: this.#handled, signalLimit: this.#signalLimit };
  }
}
