import { beforeEach, describe, expect, it } from 'vitest';
import { emptyDraft } from '#web/nouns/tasks/draft/draft.ts';
import { createDraftStorage, freshDraft } from './draft-storage.ts';

const drawer = new Map<string, string>();
const storage = createDraftStorage({
  getItem: (name) => drawer.get(name) ?? null,
  setItem: (name, text) => void drawer.set(name, text),
  removeItem: (name) => void drawer.delete(name),
});

describe('the drafts of a tab', () => {
  beforeEach(() => drawer.clear());

  it('gives back what was kept, with its key', () => {
    const kept = freshDraft({ script: 'uptime', machines: [{ name: 'web-1', address: '10.0.0.1' }] }, 'node=a');
    expect(storage.keep(kept)).toBe(true);
    expect(storage.current()).toEqual(kept);
    expect(freshDraft().key).not.toBe(kept.key);
  });

  it('lays a written draft aside, an empty one not', () => {
    storage.keep(freshDraft({ script: 'first' }));
    storage.layAside();
    storage.keep(freshDraft());
    storage.layAside();
    expect(storage.current()).toBeUndefined();
    expect(storage.previous()?.draft.script).toBe('first');
  });

  it('takes what has the right shape, nothing else', () => {
    drawer.set('signalbox.newTask', JSON.stringify({ key: 'k', seed: 7, draft: { script: 'x', args: 'no', gone: 1 } }));
    expect(storage.current()).toEqual({ key: 'k', seed: '', draft: { ...emptyDraft, script: 'x' } });
    drawer.set('signalbox.newTask', '{');
    expect(storage.current()).toBeUndefined();
  });

  it('says so where the browser has no room', () => {
    const full = createDraftStorage({
      getItem: () => null,
      setItem: () => {
        throw new DOMException('full', 'QuotaExceededError');
      },
      removeItem: () => undefined,
    });
    expect(full.keep(freshDraft())).toBe(false);
  });
});
