import type { Node } from './client.ts';
import { childPath, isSameOrBelow, parentPath } from './node-path.ts';

/** Why a node cannot be put somewhere. */
export type DropRefusal = 'itself' | 'below-itself' | 'is-there' | 'leaf' | 'hidden';

export type DropMeaning =
  | { readonly moves: true; readonly from: string; readonly to: string }
  | { readonly moves: false; readonly because: DropRefusal };

type Dragged = Pick<Node, 'path' | 'name'>;
type Target = Pick<Node, 'path' | 'isLeaf' | 'visible'>;

/** What dropping a node on another means, or (target null) making it a root. The api has the last word. */
export function dropMeaning(dragged: Dragged, target: Target | null): DropMeaning {
  const refuse = (because: DropRefusal): DropMeaning => ({ moves: false, because });
  const parent = target?.path ?? '';
  if (parent === dragged.path) return refuse('itself');
  if (parent !== '' && isSameOrBelow(parent, dragged.path)) return refuse('below-itself');
  if (parent === parentPath(dragged.path)) return refuse('is-there');
  if (target?.visible === false) return refuse('hidden');
  if (target?.isLeaf === true) return refuse('leaf');
  return { moves: true, from: dragged.path, to: childPath(parent, dragged.name) };
}
