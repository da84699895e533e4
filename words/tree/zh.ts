import type { treeNames } from '#domain/tree/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-node': '节点不存在或您无权查看，可能已被移动、改名或删除。',
  'has-children': '该节点下还有子节点，不能变为叶子。请先移动或删除子节点。',
  'is-leaf': '该节点是叶子节点，不能添加子节点。',
  cycle: '节点不能移动到自己的下级。请选择其他位置。',
  'not-empty': '节点不为空（子节点 {children} 个，主机 {machines} 台）。请先清空。',
  'path-too-deep': '路径最多包含 {most} 级',
  'no-such-machine': '没有主机“{machine}”',
  'ambiguous-machine': '“{machine}”对应 {count} 台主机，请使用主机名',
  'machine-not-yours': '您不能绑定这台主机：它所在的节点都不归您管理',
  'machines-not-yours': '这些主机中有您不能绑定的。',
} satisfies ReasonWords<typeof treeNames>;
