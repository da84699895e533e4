import { DefaultLogger, Runtime } from '@temporalio/worker';

/** Turns down Temporal's own chatter in this process to errors. Call it before anything of Temporal's worker is used. */
export function quietTemporal(): void {
  try {
    Runtime.install({
      logger: new DefaultLogger('ERROR'),
      telemetryOptions: { logging: { filter: { core: 'ERROR', other: 'ERROR' } } },
    });
  } catch {
    // Installed already.
  }
}
