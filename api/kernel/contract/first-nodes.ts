import { z } from '@hono/zod-openapi';
import { nodesTold } from '#domain/tree/node.ts';

/** Where something is, of which there may be tens of thousands of places. */
export const firstNodesShape = {
  nodes: z.array(z.string()).describe(`Full names of the nodes that it concerns: the first ${nodesTold}`),
  nodeCount: z.int().describe('How many nodes it concerns'),
};
