import type { TimelineEntry } from '#web/nouns/tasks/client.ts';
import type { MessageKey } from '#web/lib/i18n/sources.ts';
import type { MessageParams } from '#words/fill.ts';
import type { Tone } from '#web/lib/ui/tone.ts';

/** What to say of one line of a task's story. `because`: reasons of the platform. */
export interface TimelineWords {
  readonly key: MessageKey;
  readonly params: MessageParams;
  readonly tone: Tone;
  readonly because?: unknown;
}

type Word = readonly [MessageKey, Tone];

const plain: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['approved', ['tasks.timelineApproved', 'ok']],
  ['started', ['tasks.timelineStarted', 'info']],
  ['paused', ['tasks.timelinePaused', 'warn']],
  ['continued', ['tasks.timelineContinued', 'info']],
]);

const ends: ReadonlyMap<string, Word> = new Map<string, Word>([
  ['succeeded', ['tasks.timelineSucceeded', 'ok']],
  ['failed', ['tasks.timelineFailed', 'danger']],
  ['killed', ['tasks.timelineKilled', 'warn']],
]);

/** Words for a line of the story; a kind that is not known here is shown by its own name. */
export function timelineWords({ kind, details }: Pick<TimelineEntry, 'kind' | 'details'>): TimelineWords {
  const number = (name: string) => Number(details[name] ?? 0);
  const text = (name: string) => {
    const value = details[name];
    return typeof value === 'string' ? value : '';
  };
  const word = plain.get(kind);
  if (word !== undefined) return { key: word[0], params: {}, tone: word[1] };
  switch (kind) {
    case 'submitted':
      return { key: 'tasks.timelineSubmitted', params: { n: number('hosts') }, tone: 'idle' };
    case 'resubmitted':
      return { key: 'tasks.timelineResubmitted', params: { n: number('hosts') }, tone: 'idle' };
    case 'refused':
      return { key: 'tasks.timelineRefused', params: {}, tone: 'danger', because: details['reason'] };
    case 'hosts-lost':
      return { key: 'tasks.timelineLost', params: { n: number('hosts') }, tone: 'warn' };
    case 'stopped-by-errors':
      return {
        key: 'tasks.timelineStopped',
        params: { n: number('errors'), revoked: number('revoked') },
        tone: 'danger',
      };
    case 'kill-requested':
      return {
        key: 'tasks.timelineKillRequested',
        params: { n: number('killing'), revoked: number('revoked') },
        tone: 'warn',
      };
    case 'retry-requested':
      return { key: 'tasks.timelineRetry', params: { n: number('hosts') }, tone: 'info' };
    case 'late-result':
      return { key: 'tasks.timelineLate', params: { host: text('host') }, tone: 'info' };
    case 'ended': {
      const [key, tone] = ends.get(text('state')) ?? ['tasks.timelineEnded', 'idle'];
      return { key, params: {}, tone };
    }
    default:
      return { key: 'tasks.timelineOther', params: { kind }, tone: 'idle' };
  }
}
