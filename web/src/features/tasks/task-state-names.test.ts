import { expect, it } from 'vitest';
import * as domain from '#domain/tasks/task.ts';
import { isEndedTask, taskStateNamed, taskStateNames } from './task-state-names.ts';

it('knows the states of the domain and which of them are ends', () => {
  expect(taskStateNames).toEqual(domain.taskStates);
  for (const state of domain.taskStates) {
    expect(taskStateNamed(state)).toBe(state);
    expect(isEndedTask(state)).toBe(domain.isEndedTask(state));
  }
  for (const word of ['', 'RUNNING', 'constructor']) expect(taskStateNamed(word)).toBeUndefined();
});
