import type { Machine, Node, NodeDetail, NodeGrant } from '#api/tree/tree.contract.ts';
import type { Tones } from '../kernel/output/paint.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { localTime } from '../kernel/output/text.ts';

export const nodeList: ListView<Node> = {
  columns: [
    { header: 'PATH', value: (node) => node.path },
    { header: 'CHILDREN', value: (node) => node.children },
    { header: 'MACHINES', value: (node) => node.machines },
    { header: 'DESCRIPTION', value: (node) => (node.visible ? node.description : '(no permission)') },
    { header: 'ID', value: (node) => node.id, wide: true },
  ],
  name: (node) => node.path,
  empty: 'No nodes.',
};

export const nodeItem: ItemView<NodeDetail> = {
  fields: (node) => [
    ['path', node.path],
    ['description', node.description === '' ? '-' : node.description],
    ['children', String(node.children)],
    ['machines', String(node.machines)],
    ['you may', node.actions.length === 0 ? 'nothing' : node.actions.join(', ')],
    ['id', node.id],
  ],
  name: (node) => node.path,
};

const machineTones: Tones<Machine['state']> = { online: 'good', offline: 'bad', 'no-agent': 'plain' };

export const machineList: ListView<Machine> = {
  columns: [
    { header: 'NAME', value: (machine) => machine.name },
    { header: 'ADDRESS', value: (machine) => machine.address },
    { header: 'STATE', value: (machine) => machine.state, tone: (machine) => machineTones[machine.state] },
    { header: 'NODES', value: (machine) => machine.nodes.join(' ') },
    { header: 'IDENTITY', value: (machine) => machine.identity, wide: true },
    { header: 'ID', value: (machine) => machine.id, wide: true },
  ],
  name: (machine) => machine.name,
  empty: 'No machines.',
};

export const grantList: ListView<NodeGrant> = {
  columns: [
    { header: 'USER', value: (grant) => grant.user },
    { header: 'ROLE', value: (grant) => grant.role },
    { header: 'GRANTED ON', value: (grant) => grant.node },
    { header: 'BY', value: (grant) => grant.grantedBy },
    { header: 'SINCE', value: (grant) => localTime(grant.grantedAt) },
  ],
  name: (grant) => grant.user,
  empty: 'Nobody has a role here.',
};
