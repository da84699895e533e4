import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Logger } from '#platform/logging.ts';

const levels = { TRACE: 'trace', DEBUG: 'debug', INFO: 'info', WARN: 'warn', ERROR: 'error' } as const;

/**
 * Once per process, before the first worker: what the Temporal SDK has to say becomes lines of our log, and signals stay
 * ours (the SDK would stop its workers on its own, out of order).
 */
export function installTemporalRuntime(logger: Logger): void {
  Runtime.install({
    logger: new DefaultLogger('INFO', ({ level, message, meta }) => logger[levels[level]]({ temporal: meta }, message)),
    shutdownSignals: [],
  });
}
