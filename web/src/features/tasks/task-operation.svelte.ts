import { asProblem } from '#web/lib/api/problem.ts';
import { type TaskAction, type TaskOperation, tasks } from '#web/nouns/tasks/client.ts';
import { problemWords } from '#web/lib/ui/problem-words.ts';
import { whyWords } from '#web/lib/ui/reason-words.ts';

/** How far something that was asked of a task has come. `unknown`: nobody answered in time. */
export type OperationPhase = 'requested' | 'accepted' | 'done' | 'refused' | 'unknown';

interface CurrentOperation {
  readonly action: TaskAction;
  readonly phase: OperationPhase;
  /** Why it was refused, in words. */
  readonly why?: string;
  /** It may have arrived all the same: nobody said no, the answer is missing. */
  readonly isUnsure?: boolean;
  readonly requestId?: string;
}

const pollMs = 1_000;
const givenUpMs = 180_000;
const shownWhenDoneMs = 4_000;
/** A request whose answer is lost is sent again, with the same key: it is done once however often it arrives. */
const tries = 3;

/**
 * What this person asks of a task now: one thing at a time, followed until the task's workflow has confirmed or refused
 * it. Call it while a component is set up.
 */
export function createTaskOperation(task: () => string, changed: () => void) {
  let current = $state.raw<CurrentOperation>();
  let gone = false;
  let timer: ReturnType<typeof setTimeout> | undefined;

  $effect(() => () => {
    gone = true;
    clearTimeout(timer);
  });

  function show(next: CurrentOperation): void {
    current = next;
    clearTimeout(timer);
    if (next.phase === 'done') timer = setTimeout(() => (current = undefined), shownWhenDoneMs);
    if (next.phase !== 'requested') changed();
  }

  function settle(operation: TaskOperation): void {
    const { action, state } = operation;
    if (state === 'refused') show({ action, phase: 'refused', why: whyWords(operation) });
    else show({ action, phase: 'done' });
  }

  async function ask(action: TaskAction): Promise<TaskOperation> {
    const key = crypto.getRandomValues(new Uint32Array(4)).join('-');
    for (let left = tries; ; left--) {
      try {
        return await tasks.operate(task(), action, key);
      } catch (error) {
        if (left <= 1 || gone || !asProblem(error).isTemporary) throw error;
        await new Promise((resolve) => setTimeout(resolve, pollMs));
      }
    }
  }

  async function follow(accepted: TaskOperation): Promise<void> {
    const until = Date.now() + givenUpMs;
    while (!gone && Date.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, pollMs));
      try {
        const operation = await tasks.operation(accepted.taskId, accepted.id);
        if (operation.state !== 'requested') return settle(operation);
      } catch (error) {
        if (!asProblem(error).isTemporary) break;
      }
    }
    show({ action: accepted.action, phase: 'unknown' });
  }

  return {
    get current() {
      return current;
    },
    /** Whether something is under way: nothing else is asked meanwhile. */
    get busy() {
      return current?.phase === 'requested' || current?.phase === 'accepted';
    },
    /** Asks. Comes back once it is accepted or done; throws the `ApiProblem` of a refusal, which is shown as well. */
    async run(action: TaskAction): Promise<void> {
      show({ action, phase: 'requested' });
      try {
        const operation = await ask(action);
        if (operation.state !== 'requested') return settle(operation);
        show({ action, phase: 'accepted' });
        void follow(operation);
      } catch (error) {
        const problem = asProblem(error);
        const { requestId, isTemporary: isUnsure } = problem;
        show({ action, phase: 'refused', why: problemWords(problem), isUnsure, ...(requestId && { requestId }) });
        throw error;
      }
    },
    dismiss(): void {
      current = undefined;
    },
  };
}

export type TaskOperationState = ReturnType<typeof createTaskOperation>;
