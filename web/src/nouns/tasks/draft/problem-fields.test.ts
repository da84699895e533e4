import { expect, it } from 'vitest';
import { problemFields } from './problem-fields.ts';

it('finds the field of the form that the api means', () => {
  const errors = [
    { field: 'task.target.hosts', message: 'none of these hosts is known' },
    { field: 'strategy.onError', message: 'must be stop' },
    { field: 'script', message: 'too long' },
    { field: 'env.A', message: 'bad' },
    { field: 'env.B', message: 'bad' },
    { field: 'env.C', message: 'worse' },
    { field: 'body', message: 'unknown' },
  ];
  expect(problemFields({ errors }, { source: 'library', targetBy: 'pasted' }, ({ message }) => message)).toEqual({
    pasted: 'none of these hosts is known',
    onError: 'must be stop',
    library: 'too long',
    env: 'bad; worse',
  });
});
