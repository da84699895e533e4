import { writeFileSync } from 'node:fs';
import type { Reporter, TestModule } from 'vitest/node';

/** How long a test file took, what it prepared and cleared away included. */
export interface FileTime {
  readonly project: string;
  /** From the checkout on. */
  readonly file: string;
  readonly ms: number;
}

/** Where the times are written to, as JSON. */
export const timesVariable = 'SIGNALBOX_FILE_TIMES';

/** A reporter of vitest: its own JSON report knows the time of tests, but not of the servers that were started for them. */
export default class FileTimesReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[]): void {
    const path = process.env[timesVariable];
    if (path === undefined) return;
    const times = modules.map((module): FileTime => {
      const { collectDuration, setupDuration, duration } = module.diagnostic();
      return {
        project: module.project.name,
        file: module.relativeModuleId,
        ms: Math.round(collectDuration + setupDuration + duration),
      };
    });
    writeFileSync(path, JSON.stringify(times));
  }
}
