import type { CliRoom } from '../kernel/room.ts';
import { addNodeCommands } from './node.commands.ts';
import { createTreeClient } from './tree.client.ts';

/** The tree. */
export const treeRoom = {
  add: addNodeCommands,
  things: {
    nodes: {
      /** Level by level, as shells complete folders. */
      async lookUp(context, { text, limit }) {
        const dot = text.lastIndexOf('.');
        const parent = dot === -1 ? undefined : text.slice(0, dot);
        const nodes = await createTreeClient(context.http()).children(parent, { limit });
        return nodes.map(({ path, description }) => ({ value: path, about: description }));
      },
    },
  },
  meant: { path: 'nodes', parent: 'nodes', '--node': 'nodes' },
} as const satisfies CliRoom;
