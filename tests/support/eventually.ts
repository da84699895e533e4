import { setTimeout as sleep } from 'node:timers/promises';

/**
 * Asks until the probe answers with something true, and returns it. A probe that throws is asked again; where the time
 * is over, the error says what was waited for and what the probe last said.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  options: { withinMs: number; everyMs?: number },
): Promise<Exclude<T, undefined | false | null | 0 | ''>> {
  const deadline = performance.now() + options.withinMs;
  let last = 'nothing yet';
  for (;;) {
    try {
      const answer = await probe();
      if (answer) return answer as Exclude<T, undefined | false | null | 0 | ''>;
      last = JSON.stringify(answer) ?? 'undefined';
    } catch (error) {
      last = error instanceof Error ? error.message : String(error);
    }
    if (performance.now() > deadline) {
      throw new Error(`${what}: not within ${options.withinMs / 1000} s (last: ${last})`);
    }
    await sleep(options.everyMs ?? 200);
  }
}

/** Prints what a recovery took. Figures are reported, never asserted. */
export function report(figure: string, sinceMs: number, more = ''): void {
  console.info(`${figure} ${((performance.now() - sinceMs) / 1000).toFixed(1)} s${more === '' ? '' : ` (${more})`}`);
}
