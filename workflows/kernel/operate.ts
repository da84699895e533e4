import type { UpdateDefinition } from '@temporalio/common';
import { CancellationScope, setHandler } from '@temporalio/workflow';
import type { OperationInput } from '#domain/durables.ts';
import type { LoopState } from './loop-state.ts';
import type { Mutex } from './mutex.ts';
import { refuseWithoutId } from './row-id.ts';
import { rethrowTyped } from './typed-failure.ts';

/**
 * Answers every Update of a durable workflow: one at a time under the mutex, once per operation (a repeat is told what the
 * first was, also by a later run), and whatever is cancelled in Temporal. An id that is none is refused with
 * `invalid-input`; `refuse` may throw for what this run would not even ask the ledger.
 */
export function answerUpdates<Answer>(
  updates: Readonly<Record<string, UpdateDefinition<Answer, [OperationInput]>>>,
  by: {
    readonly state: LoopState<Answer>;
    readonly mutex: Mutex;
    /** Has the ledger carry the operation out. */
    readonly apply: (operationId: string) => Promise<Answer>;
    readonly refuse?: () => void;
  },
): void {
  const { state, mutex, apply, refuse } = by;
  const operate = ({ operationId }: OperationInput): Promise<Answer> =>
    CancellationScope.nonCancellable(() =>
      mutex.run(async () => {
        const known = state.answerOf(operationId);
        if (known !== undefined) return known;
        const answer = await apply(operationId).catch(rethrowTyped);
        state.answered(operationId, answer);
        return answer;
      }),
    );
  const validator = (given: OperationInput | undefined): void => {
    refuseWithoutId(given);
    if (state.answerOf(given?.operationId ?? '') === undefined) refuse?.();
  };
  for (const update of Object.values(updates)) setHandler(update, operate, { validator });
}
