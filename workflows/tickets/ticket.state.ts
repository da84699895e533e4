import type { TicketOperationResult, TicketStanding } from '#domain/tickets/ports.ts';
import type { OwnChecks } from '../kernel/input.ts';
import { inEnglish } from '#words/english.ts';
import { LoopState } from '../kernel/loop-state.ts';
import type { TicketProgress, TicketWorkflowInput } from './ticket.messages.ts';

/** What an input has to be in what is a ticket's own. */
export const ticketChecks: OwnChecks<TicketWorkflowInput> = { started: Array.isArray };

/** What a run of the ticket workflow has in mind: where the ticket stands, beside what every loop has. No Temporal. */
export class TicketState extends LoopState<TicketOperationResult> {
  readonly ticketId: string;
  readonly #started: Set<string>;
  #last: TicketStanding | undefined;
  #unseen = false;

  constructor(input: TicketWorkflowInput) {
    super(input);
    this.ticketId = input.ticketId;
    this.#started = new Set(input.started ?? []);
  }

  /** Where the ticket stood when the ledger last spoke of it. */
  get standing(): TicketStanding | undefined {
    return this.#last;
  }

  /** Whether the loop has something to do: it was nudged, or an operation moved the ticket on. */
  override get stirred(): boolean {
    return this.nudged || this.#unseen;
  }

  /** Whether the ticket has ended, as far as this run knows. */
  get ended(): boolean {
    return this.#last?.ended === true;
  }

  /** Whether the ticket has ended and nothing happened since. */
  get finished(): boolean {
    return this.ended && !this.stirred;
  }

  /** Takes in where the ticket stands. An end is for ever: what was looked up before it says nothing any more. */
  take(standing: TicketStanding): TicketStanding {
    if (!this.ended) this.#last = standing;
    this.#unseen = false;
    return this.#last ?? standing;
  }

  /** Keeps an answer over continue-as-new, and has the loop go on from where the operation left the ticket. */
  answered(operationId: string, result: TicketOperationResult): void {
    this.keepAnswer(operationId, result);
    this.take(result.standing);
    this.#unseen = true;
  }

  /** Whether a subject's workflow is yet to be started; asked again, it says no. */
  startsNow(workflowId: string): boolean {
    if (this.#started.has(workflowId)) return false;
    this.#started.add(workflowId);
    return true;
  }

  get progress(): TicketProgress {
    if (this.#last === undefined) return { ticketId: this.ticketId };
    const { state, version, stepsPassed, steps, waitsFor } = this.#last;
    return { ticketId: this.ticketId, state, version, stepsPassed, steps, waitsFor: inEnglish(waitsFor) };
  }

  /** What the next run starts from. */
  handOn(): TicketWorkflowInput {
    return { ticketId: this.ticketId, started: [...this.#started], ...this.kept };
  }
}
