import { describe, expect, it } from 'vitest';
import { ShortcutReader } from './shortcuts.ts';

const known = ['mod+k', '/', '?', 'g t', 'g h'];

function reader() {
  const shortcuts = new ShortcutReader(known);
  let at = 0;
  return (
    key: string,
    more: { ctrl?: boolean; meta?: boolean; alt?: boolean; typing?: boolean; after?: number } = {},
  ) =>
    shortcuts.read({
      key,
      ctrlKey: more.ctrl ?? false,
      metaKey: more.meta ?? false,
      altKey: more.alt ?? false,
      typing: more.typing ?? false,
      at: (at += more.after ?? 100),
    });
}

describe('keyboard shortcuts', () => {
  it('are read one by one and two in a row', () => {
    const press = reader();
    expect(press('?')).toBe('?');
    expect(press('g')).toBeUndefined();
    expect(press('t')).toBe('g t');
    expect(press('t')).toBeUndefined();
  });

  it('start again after a wrong second key, and after a while', () => {
    const press = reader();
    press('g');
    expect(press('x')).toBeUndefined();
    press('g');
    expect(press('h', { after: 1_500 })).toBeUndefined();
    press('g');
    expect(press('g')).toBeUndefined();
    expect(press('h')).toBe('g h');
  });

  it('leave people alone who write, but for Ctrl-K', () => {
    const press = reader();
    expect(press('/', { typing: true })).toBeUndefined();
    press('g', { typing: true });
    expect(press('t', { typing: true })).toBeUndefined();
    expect(press('K', { typing: true, meta: true })).toBe('mod+k');
    expect(press('k', { ctrl: true })).toBe('mod+k');
  });

  it('are not those of the browser', () => {
    const press = reader();
    expect(press('/', { ctrl: true })).toBeUndefined();
    expect(press('?', { alt: true })).toBeUndefined();
  });
});
