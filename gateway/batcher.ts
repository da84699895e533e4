/** Collects items that arrive together into one call of `run`. */
export interface Batcher<Item, Answer> {
  add(item: Item): Promise<Answer>;
  /** Resolves when nothing is waiting or running. */
  idle(): Promise<void>;
}

/**
 * Items of one batch have different keys (a second item of a key waits for the next batch); batches run one after the
 * other, each at least `delayMs` after its first item. `run` answers in the order of its items; where it throws, every
 * item of the batch gets the error.
 */
export function createBatcher<Item, Answer>(options: {
  maxItems: number;
  delayMs: number;
  key: (item: Item) => string;
  run: (items: readonly Item[]) => Promise<readonly Answer[]>;
}): Batcher<Item, Answer> {
  interface Waiting {
    readonly item: Item;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  let waiting: Waiting[] = [];
  let working: Promise<void> | undefined;

  function take(): Waiting[] {
    const keys = new Set<string>();
    const batch: Waiting[] = [];
    const rest: Waiting[] = [];
    for (const entry of waiting) {
      const key = options.key(entry.item);
      if (batch.length < options.maxItems && !keys.has(key)) {
        keys.add(key);
        batch.push(entry);
      } else {
        rest.push(entry);
      }
    }
    waiting = rest;
    return batch;
  }

  async function work(): Promise<void> {
    while (waiting.length > 0) {
      if (waiting.length < options.maxItems) await new Promise((resolve) => setTimeout(resolve, options.delayMs));
      const batch = take();
      try {
        const answers = await options.run(batch.map((entry) => entry.item));
        batch.forEach((entry, index) => entry.resolve(answers[index] as Answer));
      } catch (error) {
        for (const entry of batch) entry.reject(error);
      }
    }
    working = undefined;
  }

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        working ??= work();
      }),
    idle: () => working ?? Promise.resolve(),
  };
}
