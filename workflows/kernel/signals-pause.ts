import { condition } from '@temporalio/workflow';

/**
 * Waits for a moment without signals. The server refuses to close a run while a signal arrives, and the attempt is made
 * all over again with what came since then: in a storm of signals that grows until no worker gets through it.
 */
export async function signalsPause(state: { readonly signals: number }): Promise<void> {
  // Temporal's clock: the time of the workflow task, the same on replay.
  const patientUntil = Date.now() + 2_000;
  for (let before = -1; before !== state.signals && Date.now() < patientUntil;) {
    before = state.signals;
    await condition(() => state.signals !== before, '50 milliseconds');
  }
}
