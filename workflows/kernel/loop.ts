import { allHandlersFinished, condition, continueAsNew, workflowInfo } from '@temporalio/workflow';
import type { LoopState } from './loop-state.ts';
import { signalsPause } from './signals-pause.ts';
import { rethrowTyped } from './typed-failure.ts';

/**
 * Waits until a loop has something to do again; false once it is over and everybody who asked has been answered. A run
 * that has grown long ends here, and the next one goes on.
 */
export async function loopContinues(state: LoopState<unknown>): Promise<boolean> {
  const longEnough = state.isLongEnough(workflowInfo().continueAsNewSuggested);
  if (state.finished || longEnough) {
    if (longEnough || state.stormy) await signalsPause(state);
    await condition(allHandlersFinished);
    // Asked again: what a handler has just answered may have opened the subject once more.
    if (state.finished) return false;
    if (longEnough) await continueAsNew(state.handOn());
  }
  await condition(() => state.stirred);
  return true;
}

/** What the ledger does not know fails the workflow, with the ledger's word, once everybody who asked has been told. */
export async function failOnceAnswered(error: unknown): Promise<never> {
  await condition(allHandlersFinished);
  return rethrowTyped(error);
}
