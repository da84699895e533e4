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
  submitted: 'quiet',
  pending: 'quiet',
};

/** The tone of a state of a task, a host run or an agent. */
export function stateTone(state: string): Tone {
  return tones[state] ?? 'plain';
}
