import { expect, it } from 'vitest';
import { withHosts } from './chosen-hosts.ts';

const host = (name: string) => ({ name, address: '10.0.0.1' });

it('adds behind what was chosen, each name once', () => {
  const chosen = [host('b'), host('a')];
  expect(withHosts(chosen, [host('c'), host('a'), host('c'), host('d')]).map(({ name }) => name)).toEqual([
    ...['b', 'a', 'c', 'd'],
  ]);
});
