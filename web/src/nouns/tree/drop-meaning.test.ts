import { describe, expect, it } from 'vitest';
import { dropMeaning } from './drop-meaning.ts';

const target = (path: string, more: { isLeaf?: boolean; visible?: boolean } = {}) => ({
  path,
  isLeaf: false,
  visible: true,
  ...more,
});
const k8s = { path: 'infra.k8s', name: 'k8s' };

describe('a drop', () => {
  it('on another node moves below it', () => {
    expect(dropMeaning(k8s, target('shop.db'))).toEqual({ moves: true, from: 'infra.k8s', to: 'shop.db.k8s' });
  });

  it('on the top makes a root, unless it is one', () => {
    expect(dropMeaning(k8s, null)).toEqual({ moves: true, from: 'infra.k8s', to: 'k8s' });
    expect(dropMeaning({ path: 'infra', name: 'infra' }, null)).toEqual({ moves: false, because: 'is-there' });
  });

  it('on itself or below itself is refused', () => {
    expect(dropMeaning(k8s, target('infra.k8s'))).toEqual({ moves: false, because: 'itself' });
    expect(dropMeaning(k8s, target('infra.k8s.prod'))).toEqual({ moves: false, because: 'below-itself' });
  });

  it('is not fooled by a name that only begins the same', () => {
    expect(dropMeaning(k8s, target('infra.k8s-old'))).toMatchObject({ moves: true, to: 'infra.k8s-old.k8s' });
  });

  it('on its own parent, a leaf or a bare name is refused', () => {
    expect(dropMeaning(k8s, target('infra'))).toEqual({ moves: false, because: 'is-there' });
    expect(dropMeaning(k8s, target('shop', { isLeaf: true }))).toEqual({ moves: false, because: 'leaf' });
    expect(dropMeaning(k8s, target('shop', { visible: false }))).toEqual({ moves: false, because: 'hidden' });
  });
});
