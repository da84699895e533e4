import { describe, expect, it } from 'vitest';
import { taskChecks, TaskState } from '../tasks/task.state.ts';
import { ticketChecks, TicketState } from '../tickets/ticket.state.ts';
import { checkInput } from './input.ts';

const id = '0199c0de-0000-7000-8000-000000000001';
const another = '0199c0de-0000-7000-8000-000000000002';
const check = {
  task: (input: unknown) => checkInput('task', `task/${id}`, input, taskChecks),
  ticket: (input: unknown) => checkInput('ticket', `ticket/${id}`, input, ticketChecks),
};

describe('an input of a workflow', () => {
  it('is what we start it with, or what a run hands on', () => {
    expect(() => check.task({ taskId: id })).not.toThrow();
    expect(() => check.task(new TaskState({ taskId: id }).handOn())).not.toThrow();
    expect(() => check.ticket({ ticketId: id })).not.toThrow();
    expect(() => check.ticket(new TicketState({ ticketId: id }).handOn())).not.toThrow();
  });

  it.each([
    undefined,
    null,
    'x',
    {},
    { taskId: 1 },
    { taskId: 'x' },
    { taskId: another },
    { ticketId: id },
    { taskId: id, step: -1 },
    { taskId: id, step: 1.5 },
    { taskId: id, handled: {} },
    { taskId: id, signalLimit: -1 },
  ])('is not %j for a task', (input) =>
    expect(() => check.task(input)).toThrow(expect.objectContaining({ type: 'invalid-input' })),
  );

  it.each([{ taskId: id }, { ticketId: another }, { ticketId: id, started: 'yes' }, { ticketId: id, handled: {} }])(
    'is not %j for a ticket',
    (input) => expect(() => check.ticket(input)).toThrow(expect.objectContaining({ type: 'invalid-input' })),
  );
});
