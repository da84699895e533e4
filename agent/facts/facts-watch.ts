import { type Log } from '../log.ts';
import { collectFacts, type CollectedFacts } from './facts.ts';

/** Collects the facts at start and then regularly. */
export interface FactsWatch {
  /** As last collected; undefined before the first time. */
  current(): CollectedFacts | undefined;
  /** Resolves after the first collection. */
  start(): Promise<void>;
  stop(): void;
}

export function createFactsWatch(options: {
  readonly everyMs: number;
  readonly log: Log;
  readonly onChange: () => void;
}): FactsWatch {
  let current: CollectedFacts | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function collect(): Promise<void> {
    try {
      const collected = await collectFacts();
      const changed = collected.hash !== current?.hash;
      current = collected;
      if (changed) options.onChange();
    } catch (error) {
      options.log.warn('facts could not be collected', { error });
    }
  }

  return {
    current: () => current,
    async start() {
      await collect();
      timer = setInterval(() => void collect(), options.everyMs).unref();
    },
    stop: () => clearInterval(timer),
  };
}
