import { describe, expect, it } from 'vitest';
import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';
import { createCommandOrder, type OrderedCommand } from './command-order.ts';

const command = (seq: number): OutstandingCommand => ({
  agentId: 'a',
  kind: 'run',
  seq,
  runId: `r${seq}`,
  taskId: 't',
  attempt: 1,
});
const commands = (...seqs: number[]) => seqs.map(command);
/** `3` for a command, `(2)` for "everything up to 2 is sent or void". */
const words = (ordered: readonly OrderedCommand[]) =>
  ordered.map((item) => ('through' in item ? `(${item.through})` : String(item.command.seq))).join(' ');

describe('createCommandOrder', () => {
  it('sends in the order of the numbers, and says which are void before a higher one', () => {
    const order = createCommandOrder(3);
    expect(words(order.fromAll(commands(8, 4, 6)))).toBe('4 (5) 6 (7) 8');
    expect(words(order.caughtUp(12))).toBe('(11)');
    expect(words(order.fromAll(commands(12)))).toBe('12');
  });

  it('sends what is outstanding below the last number that the agent has', () => {
    expect(words(createCommandOrder(5).fromAll(commands(2, 6)))).toBe('2 6');
  });

  it('from some commands sends only what follows without a gap', () => {
    const order = createCommandOrder(0);
    expect(order.fromSome(commands(1, 2))).toMatchObject({ gap: false, send: [{}, {}] });
    const { send, gap } = order.fromSome(commands(2, 3, 5));
    expect([words(send), gap]).toEqual(['3', true]);
    expect(words(order.fromAll(commands(5)))).toBe('(4) 5');
    expect(order.fromSome(commands(5))).toEqual({ send: [], gap: false });
  });

  it('does not repeat what was sent a moment ago, unless asked to, or until it is old', () => {
    let now = 0;
    const order = createCommandOrder(0, () => now);
    order.fromAll(commands(1, 2));
    order.acknowledged(2);
    expect(words(order.fromAll(commands(1)))).toBe('');
    expect(words(order.fromAll(commands(1), { repeat: true }))).toBe('1');
    now = 10_001;
    expect(words(order.fromAll(commands(1)))).toBe('1');
  });
});
