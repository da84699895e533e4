import { describe, expect, it, vi } from 'vitest';
import { loadState } from './load-state.ts';

const query = { isPending: false, error: null, data: undefined, refetch: vi.fn(), dataUpdatedAt: 0 };
const list = { items: [] as string[], status: 'loading' as const, problem: undefined, refresh: vi.fn(), updatedAt: 0 };

describe('what a view shows', () => {
  it('of a query that loads: nothing yet', () => {
    expect(loadState({ ...query, isPending: true })).toMatchObject({
      pending: true,
      data: undefined,
      error: undefined,
    });
  });

  it('of a query that failed after it was answered: the old answer, and the error', () => {
    const error = new Error('away');
    expect(loadState({ ...query, data: ['a'], error, dataUpdatedAt: 5 })).toMatchObject({
      data: ['a'],
      error,
      updatedAt: 5,
    });
  });

  it('of a list that loads: not that it is empty', () => {
    expect(loadState(list)).toMatchObject({ pending: true, data: undefined });
  });

  it('of a list without items, once answered: that it is empty', () => {
    expect(loadState({ ...list, status: 'ready', updatedAt: 5 })).toMatchObject({
      pending: false,
      data: [],
      empty: true,
    });
  });

  it('of a list whose refresh failed: its items still', () => {
    const shown = loadState({ ...list, items: ['a'], status: 'failed', problem: 'away', updatedAt: 5 });
    expect(shown).toMatchObject({ data: ['a'], error: 'away', empty: false });
  });

  it('tries again the way its source does', () => {
    loadState(query).retry();
    loadState(list).retry();
    expect(query.refetch).toHaveBeenCalledOnce();
    expect(list.refresh).toHaveBeenCalledOnce();
  });
});
