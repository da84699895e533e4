import { expect, it } from 'vitest';
import { chosenSides } from './compare-sides.ts';

const saved = { latest: 5, base: 5, hasEdits: false };
const edited = { latest: 5, base: 4, hasEdits: true };

it('takes what the address asks for', () => {
  expect(chosenSides({ from: '4', to: '2' }, saved)).toEqual({ from: '4', to: '2' });
  expect(chosenSides({ from: 'edits', to: '5' }, edited)).toEqual({ from: 'edits', to: '5' });
});

it('compares the latest with the one before, or the edits with what they were made on', () => {
  expect(chosenSides({ from: '', to: '' }, saved)).toEqual({ from: '4', to: '5' });
  expect(chosenSides({ from: '', to: '' }, edited)).toEqual({ from: '4', to: 'edits' });
  expect(chosenSides({ from: '', to: '3' }, edited)).toEqual({ from: '2', to: '3' });
});

it('does not follow the address to versions that there are not', () => {
  expect(chosenSides({ from: '6', to: '0' }, saved)).toEqual({ from: '4', to: '5' });
  expect(chosenSides({ from: 'edits', to: 'edits' }, saved)).toEqual({ from: '4', to: '5' });
  expect(chosenSides({ from: '', to: '' }, { latest: 1, base: 1, hasEdits: false })).toEqual({ from: '1', to: '1' });
});
