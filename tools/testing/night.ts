import { globSync } from 'node:fs';

/** Set (`1`) while everything runs that there is; what only the night has is left out without it. */
const nightVariable = 'SIGNALBOX_NIGHT';

/** Whether this is the night's run, in which nothing is spared. */
export const isNight = (env: Readonly<Record<string, string | undefined>> = process.env): boolean =>
  env[nightVariable] === '1';

/** The environment of a run of the night, or of the gate. */
export function environmentOf(night: boolean): NodeJS.ProcessEnv {
  return { ...process.env, [nightVariable]: night ? '1' : '0' };
}

/** Test files that are left to the night, by their name alone (`*.night.test.ts`), from the checkout on. */
export function nightFiles(checkout: string): string[] {
  const exclude = ['**/node_modules', '**/.svelte-kit', '.signalbox', 'dist'];
  return globSync('**/*.night.test.ts', { cwd: checkout, exclude }).toSorted();
}
