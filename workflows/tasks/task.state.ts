import type { AdvanceResult, OperationResult } from '#domain/tasks/ports.ts';
import { isCount, type OwnChecks } from '../kernel/input.ts';
import { LoopState } from '../kernel/loop-state.ts';
import type { TaskProgress, TaskWorkflowInput } from './task.messages.ts';

/** What an input has to be in what is a task's own. */
export const taskChecks: OwnChecks<TaskWorkflowInput> = { step: isCount };

/** What a run of the task workflow has in mind: where it stands, beside what every loop has. No Temporal. */
export class TaskState extends LoopState<OperationResult> {
  readonly taskId: string;
  #step: number;
  #last: AdvanceResult | undefined;

  constructor(input: TaskWorkflowInput) {
    super(input);
    this.taskId = input.taskId;
    this.#step = input.step ?? 0;
  }

  /** The step to ask for next. */
  get nextStep(): number {
    return this.#step + 1;
  }

  /** Whether the task had ended at the last advance and nothing happened since. */
  get finished(): boolean {
    return this.#last?.ended === true && !this.nudged;
  }

  /** Takes in what an advance answered; where the ledger stands elsewhere, the next advance goes on from there. */
  take(result: AdvanceResult): void {
    if (result.step !== this.nextStep && !result.ended) this.nudge();
    this.#step = result.step;
    this.#last = result;
  }

  /** Keeps an answer over continue-as-new, and makes the loop look at once. */
  answered(operationId: string, result: OperationResult): void {
    this.keepAnswer(operationId, result);
    this.nudge();
  }

  get progress(): TaskProgress {
    const known = this.#last === undefined ? {} : { state: this.#last.state, counts: this.#last.counts };
    return { taskId: this.taskId, step: this.#step, ...known };
  }

  /** What the next run starts from. */
  handOn(): TaskWorkflowInput {
    return { taskId: this.taskId, step: this.#step, ...this.kept };
  }
}
