import type { treeNames } from '#domain/tree/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-node': 'There is no such node, or you may not see it. It may have been moved, renamed or deleted.',
  'has-children': 'The node has children, so it cannot become a leaf. Move or delete them first.',
  'is-leaf': 'This node is a leaf and takes no children.',
  cycle: 'A node cannot be moved below itself. Choose another place.',
  'not-empty': 'The node is not empty (children: {children}, machines: {machines}). Remove what is in it first.',
  'path-too-deep': 'a path has at most {most} names',
  'no-such-machine': "there is no machine '{machine}'",
  'ambiguous-machine': "'{machine}' names {count} machines: use a name",
  'machine-not-yours': 'you may not bind this machine: none of its nodes is yours',
  'machines-not-yours': 'You may not bind all of these machines.',
} satisfies ReasonWords<typeof treeNames>;
