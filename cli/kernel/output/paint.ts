import { styleText } from 'node:util';

/** What a word means, not which colour it has. */
export type Tone = 'good' | 'bad' | 'busy' | 'quiet' | 'strong' | 'plain';

/** Colours a text on a terminal that wants colours, and leaves it alone elsewhere. */
export type Paint = (tone: Tone, text: string) => string;

const styles = { good: 'green', bad: 'red', busy: 'yellow', quiet: 'dim', strong: 'bold' } as const;

export function createPaint(colours: boolean): Paint {
  return (tone, text) =>
    !colours || tone === 'plain' || text === '' ? text : styleText(styles[tone], text, { validateStream: false });
}

const tones: Record<string, Tone> = {
  succeeded: 'good',
  online: 'good',
  ready: 'plain',
  failed: 'bad',
  timed_out: 'bad',
  lost: 'bad',
  buried: 'bad',
  denied: 'bad',
  revoked: 'quiet',
  killed: 'bad',
  offline: 'bad',
  killing: 'busy',
  paused: 'busy',
  running: 'busy',
  dispatched: 'busy',
  'awaiting-approval': 'busy',
  refused: 'bad',
  approved: 'busy',
  scheduled: 'busy',
  applying: 'busy',
  done: 'good',
  rejected: 'bad',
  withdrawn: 'quiet',
  expired: 'bad',
  ticket: 'busy',
  forbidden: 'bad',
  direct: 'good',
  delivered: 'good',
  submitted: 'quiet',
  pending: 'quiet',
};

/** The tone of a state of a task, a host run, an agent, a ticket or a delivery, and of the mode of a policy. */
export function stateTone(state: string): Tone {
  return tones[state] ?? 'plain';
}
