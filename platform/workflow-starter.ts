import { type Client, type Workflow, WithStartWorkflowOperation, type WorkflowStartOptions } from '@temporalio/client';
import type { SignalDefinition, UpdateDefinition } from '@temporalio/common';
import type { Logger } from './logging.ts';
import type { TemporalClientHandle } from './temporal.ts';

const startInTimeMs = 2_000;
const callMs = 5_000;

/** How the workflows of one noun are started, and by what Updates operations are asked of them. */
export interface StartableWorkflow {
  readonly type: string;
  readonly startOptions: (id: string) => WorkflowStartOptions<Workflow>;
  readonly updates: Readonly<Record<string, UpdateDefinition<unknown, [{ readonly operationId: string }]>>>;
}

/** An operation that the ledger holds, of the subject with this id. */
export interface SentOperation<Action = string> {
  readonly id: string;
  readonly operationId: string;
  readonly action: Action;
}

export interface StartCall {
  readonly withinMs?: number;
  readonly signal?: SignalDefinition<[]>;
}

/** Sends to Temporal what the ledger holds. Every call ends within 5 s, and fails where it could not be made. */
export interface WorkflowSender<Noun extends string> {
  /** Starts a subject's workflow unless it runs; with a signal, one that runs is told as well. */
  start(noun: Noun, id: string, options?: StartCall): Promise<void>;
  /** Hands an operation to its subject's workflow, which is started where none runs. Returns once a worker has accepted it. */
  send(noun: Noun, operation: SentOperation): Promise<void>;
  /** The same; returns once it has been carried out or refused. */
  ask(noun: Noun, operation: SentOperation): Promise<void>;
}

export function createWorkflowSender<Noun extends string>(
  client: Client,
  nouns: Readonly<Record<Noun, StartableWorkflow>>,
): WorkflowSender<Noun> {
  const within = <Result>(ms: number, call: () => Promise<Result>) => client.withDeadline(Date.now() + ms, call);

  function updateOf(noun: Noun, { id, operationId, action }: SentOperation) {
    const { type, startOptions, updates } = nouns[noun];
    const update = updates[action];
    if (update === undefined) throw new Error(`A ${noun} has no Update for ${action}`);
    const startWorkflowOperation = new WithStartWorkflowOperation(type, {
      ...startOptions(id),
      workflowIdConflictPolicy: 'USE_EXISTING',
    });
    // A failed start is told by the Update itself; nobody waits for the handle.
    startWorkflowOperation.workflowHandle().catch(() => undefined);
    const args: [{ operationId: string }] = [{ operationId }];
    return { update, options: { updateId: operationId, args, startWorkflowOperation } };
  }

  return {
    async start(noun, id, { withinMs = callMs, signal } = {}) {
      const { type, startOptions } = nouns[noun];
      await within<unknown>(withinMs, () =>
        signal === undefined
          ? client.workflow.start(type, startOptions(id))
          : client.workflow.signalWithStart(type, { ...startOptions(id), signal, signalArgs: [] }),
      );
    },
    async send(noun, operation) {
      const { update, options } = updateOf(noun, operation);
      await within(callMs, () =>
        client.workflow.startUpdateWithStart(update, { ...options, waitForStage: 'ACCEPTED' }),
      );
    },
    async ask(noun, operation) {
      const { update, options } = updateOf(noun, operation);
      await within(callMs, () => client.workflow.executeUpdateWithStart(update, options));
    },
  };
}

/** Tells Temporal at once of what the ledger holds. For speed only, so it never fails: sweepers in the workers tell it again. */
export interface WorkflowStarter<Nouns extends Readonly<Record<string, StartableWorkflow>>> {
  /** Starts a subject's workflow in the background, within 2 s or not at all. */
  start(noun: keyof Nouns & string, id: string): void;
  /** Has the subject's workflow carry an operation out and waits for that, up to 5 s. False where no answer came. */
  operate<Noun extends keyof Nouns & string>(
    noun: Noun,
    operation: SentOperation<keyof Nouns[Noun]['updates'] & string>,
  ): Promise<boolean>;
  /** Waits for starts under way. */
  drain(): Promise<void>;
}

export function createWorkflowStarter<Nouns extends Readonly<Record<string, StartableWorkflow>>>(
  { temporal, logger }: { readonly temporal: TemporalClientHandle; readonly logger: Logger },
  nouns: Nouns,
): WorkflowStarter<Nouns> {
  const sender = createWorkflowSender<string>(temporal.client, nouns);
  const underWay = new Set<Promise<void>>();

  async function startNow(noun: string, id: string): Promise<void> {
    try {
      await sender.start(noun, id, { withinMs: startInTimeMs });
    } catch (error) {
      logger.warn({ noun, id, err: error }, 'the workflow was not started at once; a sweeper will');
    }
  }

  return {
    start(noun, id) {
      const start = startNow(noun, id).finally(() => underWay.delete(start));
      underWay.add(start);
    },
    async operate(noun, operation) {
      // Where nothing answers at all there is nothing to wait for.
      if (!(await temporal.healthy())) return false;
      try {
        await sender.ask(noun, operation);
        return true;
      } catch (error) {
        const { id, operationId } = operation;
        logger.warn(
          { noun, id, operationId, err: error },
          'the operation got no answer in time; a sweeper will send it again',
        );
        return false;
      }
    },
    async drain() {
      await Promise.all(underWay);
    },
  };
}
