import { describe, expect, it } from 'vitest';
import { Refusal } from '../client/refusal.ts';
import { createPaint } from './paint.ts';
import { renderRefusal } from './problem.ts';

const options = {
  paint: createPaint(false),
  optionOfField: new Map([
    ['hosts', '--host'],
    ['onError', '--on-error'],
  ]),
  optionsOfCommand: ['--host', '--on-error', '--timeout', '--env', '--script'],
};
const render = (answer: Record<string, unknown>) => renderRefusal(new Refusal(422, answer, undefined), options);

describe('a refusal for people', () => {
  it('names fields by the options that they come from', () => {
    const fields = ['target.hosts.3', 'strategy.onError', 'timeout', 'env.1A', 'command.0', 'body', 'a.b'];
    const errors = fields.map((field) => ({ field, message: 'is wrong' }));
    expect(render({ detail: 'No.', errors }).split('\n').slice(1, -1)).toEqual([
      '  --host (number 4): is wrong',
      '  --on-error: is wrong',
      '  --timeout: is wrong',
      '  --env: is wrong',
      '  the command after -- (number 1): is wrong',
      '  body: is wrong',
      '  a.b: is wrong',
    ]);
  });

  it('says the title where the sentence only repeats the fields', () => {
    const errors = [{ field: 'timeout', message: 'is wrong' }];
    expect(render({ title: 'The input is wrong', detail: 'timeout: is wrong', errors })).toBe(
      'refused: The input is wrong\n  --timeout: is wrong\n',
    );
  });

  it('says what is in the way, by name', () => {
    const blockers = [
      { kind: 'children', count: 1, names: ['web'] },
      { kind: 'machines', count: 7, names: ['a', 'b'] },
    ];
    expect(render({ detail: 'No.', blockers })).toBe('refused: No.\n  children: web\n  machines: a, b and 5 more\n');
  });

  it('shows the reason, and lets no answer talk to the terminal', () => {
    expect(render({ detail: 'Ended\u001b[2J already', reason: 'task-ended', requestId: 'r\n1' })).toBe(
      'refused: Ended already (task-ended)\nrequest r 1\n',
    );
  });
});
