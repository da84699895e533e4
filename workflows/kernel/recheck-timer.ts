import { sleep } from '@temporalio/workflow';

/** Wakes a loop after a while. One timer at a time unless an earlier one is wanted: timers cost history. */
export class RecheckTimer {
  readonly #wake: () => void;
  #dueAt = Infinity;

  constructor(wake: () => void) {
    this.#wake = wake;
  }

  within(ms: number): void {
    const dueAt = Date.now() + ms;
    if (this.#dueAt <= dueAt) return;
    this.#dueAt = dueAt;
    void sleep(ms, { summary: 'Look again' }).then(() => {
      if (this.#dueAt === dueAt) this.#dueAt = Infinity;
      this.#wake();
    });
  }
}
