import { ApiProblem, asProblem } from '#web/lib/api/problem.ts';
import { type TicketOperation, tickets } from '#web/nouns/tickets/client.ts';
import type { ShownAction } from './model/actions.ts';
import { createAttempts } from './model/attempt.ts';

/** How far something is that was asked of a ticket. `accepted`: written down, not carried out yet. */
export interface OperationProgress {
  readonly action: ShownAction;
  readonly phase: 'sent' | 'accepted' | 'applied' | 'refused';
  readonly problem?: ApiProblem;
}

interface Asked {
  readonly ticketId: string;
  readonly action: ShownAction;
  readonly body: Readonly<Record<string, unknown>>;
}

const firstLookMs = 400;
const longestWaitMs = 5_000;

/**
 * Sends what is asked of a ticket, once per attempt, and follows it until it is carried out, also where the page has moved
 * on. `ended` hears of each end, once.
 */
export function createOperationRun(ended: (asked: Asked, refusal: ApiProblem | undefined) => void) {
  let progress = $state.raw<OperationProgress | undefined>();
  const attempts = createAttempts();

  async function follow(asked: Asked, operation: TicketOperation): Promise<void> {
    for (let waitMs = firstLookMs; ; waitMs = Math.min(waitMs * 1.5, longestWaitMs)) {
      await new Promise((resolve) => setTimeout(resolve, waitMs));
      try {
        const now = await tickets.operation(operation.ticketId, operation.id);
        if (now.state !== 'requested') return end(asked, refusalOf(now));
      } catch (error) {
        const problem = asProblem(error);
        if (!problem.isTemporary && problem.code !== 'unauthenticated') return end(asked, problem);
      }
    }
  }

  function end(asked: Asked, problem: ApiProblem | undefined): void {
    const { action } = asked;
    progress = problem === undefined ? { action, phase: 'applied' } : { action, phase: 'refused', problem };
    ended(asked, problem);
  }

  return {
    /** Of what was sent last. */
    get progress(): OperationProgress | undefined {
      return progress;
    },
    /** Resolves once the api has accepted it; throws the `ApiProblem` of a refusal. */
    async send(asked: Asked): Promise<void> {
      const { ticketId, action, body } = asked;
      progress = { action, phase: 'sent' };
      try {
        const operation = await tickets.operate(ticketId, action, body, attempts.keyFor(asked));
        attempts.ended();
        if (operation.state === 'applied') return end(asked, undefined);
        progress = { action, phase: 'accepted' };
        void follow(asked, operation);
      } catch (error) {
        const problem = asProblem(error);
        attempts.ended(problem);
        progress = { action, phase: 'refused', problem };
        throw problem;
      }
    },
  };
}

export type OperationRun = ReturnType<typeof createOperationRun>;

function refusalOf(operation: TicketOperation): ApiProblem | undefined {
  if (operation.state === 'applied') return undefined;
  const { reason, detail } = operation;
  return new ApiProblem(409, {
    code: 'not-in-this-state',
    ...(detail === null ? {} : { detail }),
    ...(reason === null ? {} : { reason }),
  });
}
