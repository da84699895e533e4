/** Something done again and again, one after the other. */
export interface Loop {
  start(): void;
  /** Now, instead of at the end of the wait. */
  hurry(): void;
  /** Resolves when the run under way has ended. */
  stop(): Promise<void>;
}

/** Runs `run` every `everyMs` (measured from the end of one to the start of the next); errors go to `onError`. */
export function createLoop(options: {
  everyMs: number;
  run: () => Promise<void>;
  onError: (error: unknown) => void;
}): Loop {
  let stopped = true;
  let done: Promise<void> | undefined;
  let wake: (() => void) | undefined;
  let hurried = false;

  async function repeat(): Promise<void> {
    while (!stopped) {
      hurried = false;
      await options.run().catch(options.onError);
      if (stopped) return;
      if (hurried) continue;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, options.everyMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  return {
    start() {
      if (!stopped) return;
      stopped = false;
      done = repeat();
    },
    hurry() {
      hurried = true;
      wake?.();
    },
    async stop() {
      stopped = true;
      wake?.();
      await done;
    },
  };
}
