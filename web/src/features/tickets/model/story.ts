import type { TicketDetail, TicketTimelineEntry } from '#web/nouns/tickets/client.ts';
import type { Say } from './say.ts';

/** One line of a ticket's story. `say` follows the actor's name where there is one. */
export interface StoryLine {
  readonly id: string;
  readonly at: string;
  readonly actor: string | undefined;
  readonly say: Say;
  /** What a person wrote. */
  readonly message: string | undefined;
  /** Reasons of the platform, as the details have them. */
  readonly because: unknown;
  /** Why this decision does not count any more. */
  readonly voided: TicketDetail['decisions'][number]['voided'];
  readonly tone: 'ok' | 'danger' | 'warn' | 'info' | 'idle';
  readonly version: number;
}

type Words = Pick<StoryLine, 'say' | 'tone'> & { readonly because?: unknown };
type Decision = Pick<TicketDetail['decisions'][number], 'id' | 'voided'>;

/** An entry of the timeline in words, with whether the decision that it tells of still counts. */
export function storyLine(entry: TicketTimelineEntry, decisions: readonly Decision[]): StoryLine {
  const { id, at, actor, version, details } = entry;
  const words = wordsOf(entry);
  const decision = decisions.find((one) => one.id === details['operationId']);
  return {
    id,
    at,
    version,
    actor: actor ?? undefined,
    say: words.say,
    tone: decision?.voided == null ? words.tone : 'idle',
    message: textOf(details['message']),
    because: words.because,
    voided: decision?.voided ?? null,
  };
}

function wordsOf({ kind, details }: TicketTimelineEntry): Words {
  const step = numberOf(details['step']);
  switch (kind) {
    case 'opened':
      return { say: { key: 'tickets.storyOpened' }, tone: 'info' };
    case 'approved':
      return { say: { key: 'tickets.storyApproved', params: { step } }, tone: 'ok' };
    case 'rejected':
      return { say: { key: 'tickets.storyRejected', params: { step } }, tone: 'danger' };
    case 'kept-early':
      return { say: { key: 'tickets.storyEarly', params: { step } }, tone: 'ok' };
    case 'step-passed':
      return { say: { key: 'tickets.storyStepPassed', params: { step } }, tone: 'ok' };
    case 'step-began':
      return {
        say: { key: 'tickets.storyStepBegan', params: { step, steps: numberOf(details['steps']) } },
        tone: 'idle',
      };
    case 'reminded':
      return { say: { key: 'tickets.storyReminded', params: { people: namesOf(details['reminded']) } }, tone: 'warn' };
    case 'escalated':
      return {
        say: { key: 'tickets.storyEscalated', params: { step, people: namesOf(details['approvers']) } },
        tone: 'warn',
      };
    case 'timed-out':
      return { say: { key: 'tickets.storyTimedOut', params: { step } }, tone: 'warn' };
    case 'passed-by-timeout':
      return { say: { key: 'tickets.storyPassedByTimeout', params: { step } }, tone: 'warn' };
    case 'commented':
      return { say: { key: 'tickets.storyCommented' }, tone: 'info' };
    case 'transferred':
      return {
        say: { key: 'tickets.storyTransferred', params: { step, user: textOf(details['user']) ?? '' } },
        tone: 'info',
      };
    case 'approver-added':
      return {
        say: { key: 'tickets.storyAdded', params: { step, user: textOf(details['user']) ?? '' } },
        tone: 'info',
      };
    case 'withdrawn':
      return { say: { key: 'tickets.storyWithdrawn' }, tone: 'idle' };
    case 'resubmitted':
      return { say: { key: 'tickets.storyResubmitted' }, tone: 'warn' };
    case 'asked-again':
      return { say: { key: 'tickets.storyAskedAgain' }, tone: 'warn', because: details['why'] };
    case 'content-altered':
      return { say: { key: 'tickets.storyAltered' }, tone: 'danger', because: details['reason'] };
    case 'scheduled':
      return { say: { key: 'tickets.storyScheduled' }, tone: 'info' };
    case 'applying':
      return { say: { key: 'tickets.storyApplying' }, tone: 'info' };
    case 'completed':
      return details['outcome'] === 'done'
        ? { say: { key: 'tickets.storyCompletedDone' }, tone: 'ok' }
        : { say: { key: 'tickets.storyCompletedFailed' }, tone: 'danger' };
    case 'ended':
      return endOf(textOf(details['state']), details['reason']);
    default:
      return { say: { key: 'tickets.storyOther', params: { kind } }, tone: 'idle' };
  }
}

function endOf(state: string | undefined, because: unknown): Words {
  switch (state) {
    case 'done':
      return { say: { key: 'tickets.storyEndedDone' }, tone: 'ok', because };
    case 'failed':
      return { say: { key: 'tickets.storyEndedFailed' }, tone: 'danger', because };
    // Who rejected or withdrew it, and why, is in the line before.
    case 'rejected':
      return { say: { key: 'tickets.storyEndedRejected' }, tone: 'danger' };
    case 'withdrawn':
      return { say: { key: 'tickets.storyEndedWithdrawn' }, tone: 'idle' };
    default:
      return { say: { key: 'tickets.storyEndedExpired' }, tone: 'warn', because };
  }
}

/** Why a version was asked for anew: what its line of the story says, the latest one if there are several. */
export function askedAgainLine(
  entries: readonly TicketTimelineEntry[],
  version: number,
): TicketTimelineEntry | undefined {
  return entries.findLast(
    (entry) => entry.version === version && (entry.kind === 'asked-again' || entry.kind === 'resubmitted'),
  );
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

function namesOf(value: unknown): string {
  return Array.isArray(value) ? value.join(', ') : '';
}
