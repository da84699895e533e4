import { describe, expect, it } from 'vitest';
import { ApiProblem } from '#web/lib/api/problem.ts';
import { blockersOf } from './delete-blockers.ts';

describe('what blocks a deletion', () => {
  it('is told by a refusal of the api', () => {
    const children = { kind: 'children', count: 7, names: ['a', 'b'] };
    const body = { code: 'not-in-this-state', reason: 'not-empty', blockers: [children, { kind: 'other' }, null] };
    expect(blockersOf(new ApiProblem(409, body))).toEqual([children]);
  });

  it('is nothing we know of where another reason is given', () => {
    expect(blockersOf(new ApiProblem(403, { code: 'forbidden', reason: 'tree.edit' }))).toBeUndefined();
  });
});
