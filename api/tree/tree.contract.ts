import { z } from '@hono/zod-openapi';
import { nodeRoles } from '#domain/identity/roles.ts';
import { hostWordSchema } from '#domain/agents/host-word.ts';
import { nodeIcons, nodeNameSchema, nodePathSchema } from '#domain/tree/node.ts';
import {
  defineRoute,
  flagQuery,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  problemMediaType,
  problemSchema,
  searchQuery,
  timeSchema,
} from '#api/kernel/contract/define-route.ts';

const tags = ['tree'];

/**
 * A node. `path` is its full name (`infra.k8s.prod-01`). One that the caller may not see, yet has to walk through, is a
 * bare name: `visible` is false and the rest is empty.
 */
export const nodeSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    path: z.string(),
    level: z.int().describe('0 for a root'),
    isLeaf: z.boolean(),
    icon: z.enum(nodeIcons).nullable(),
    description: z.string(),
    children: z.int(),
    machines: z.int().describe('Bound to this very node'),
    visible: z.boolean(),
  })
  .openapi('Node');
export type Node = z.infer<typeof nodeSchema>;

export const nodeDetailSchema = nodeSchema
  .extend({ actions: z.array(z.string()).describe('What the caller may do here') })
  .openapi('NodeDetail');
export type NodeDetail = z.infer<typeof nodeDetailSchema>;

export const machineSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string(),
    identity: z.string(),
    state: z.enum(['online', 'offline', 'no-agent']),
    agentId: z.string().nullable(),
    nodes: z.array(z.string()).describe('Full names of the nodes it is bound to, as far as the caller may see them'),
    createdAt: timeSchema,
  })
  .openapi('Machine');
export type Machine = z.infer<typeof machineSchema>;

export const nodeGrantSchema = z
  .object({
    user: z.string(),
    userId: z.string(),
    role: z.enum(nodeRoles),
    node: z.string().describe('Full name of the node that it was granted on'),
    inherited: z.boolean(),
    grantedBy: z.string(),
    grantedAt: timeSchema,
  })
  .openapi('NodeGrant');
export type NodeGrant = z.infer<typeof nodeGrantSchema>;

/** What a move or a deletion of a node takes along. All but `nodes` counts the node itself too. */
export const nodeImpactSchema = z
  .object({
    nodes: z.int().describe('Below it, without itself'),
    machines: z.int().describe('Distinct ones, bound to it or below'),
    grants: z.int(),
    policies: z.int(),
    openTasks: z.int(),
    openTickets: z.int(),
  })
  .openapi('NodeImpact');
export type NodeImpact = z.infer<typeof nodeImpactSchema>;

/** What keeps a node from being deleted without cascade. */
export const nodeBlockerSchema = z
  .object({
    kind: z.enum(['children', 'machines']),
    count: z.int(),
    names: z.array(z.string()).describe('The first five by name'),
  })
  .openapi('NodeBlocker');

/** A node in a path: its full name, or `~` and its id. */
const nodeParam = z.object({ node: z.string().min(1).max(1100).openapi({ description: 'Full name, or ~id' }) });
const machineNames = z.object({
  machines: z.array(hostWordSchema).min(1).max(10_000).describe('Names, addresses or ids'),
});
const look = { icon: z.enum(nodeIcons).nullable().optional(), description: z.string().max(2000).optional() };

export const createNode = defineRoute(
  { action: 'tree.edit', node: 'body' },
  {
    method: 'post',
    path: '/api/v1/nodes',
    tags,
    summary: 'Create a node and the parents that are missing',
    request: { body: jsonBody(z.object({ path: nodePathSchema, isLeaf: z.boolean().optional(), ...look })) },
    responses: { 201: json(nodeDetailSchema, 'Created') },
  },
);

export const listNodes = defineRoute(
  { action: 'tree.view', node: 'filtered' },
  {
    method: 'get',
    path: '/api/v1/nodes',
    tags,
    summary: 'Children of one node (or the roots), all levels below one, or a search by name or full path',
    request: {
      query: z.object({
        ...pageQuery,
        parent: z.string().max(1100).optional().describe('Children of this node; absent: the roots'),
        under: z.string().max(1100).optional().describe('All levels below this node'),
        q: searchQuery,
      }),
    },
    responses: { 200: json(pageOf(nodeSchema), 'A page, by name (search and `under`: by full path)') },
  },
);

export const getNode = defineRoute(
  { action: 'tree.view', node: 'path' },
  {
    method: 'get',
    path: '/api/v1/nodes/{node}',
    tags,
    summary: 'One node',
    request: { params: nodeParam },
    responses: { 200: json(nodeDetailSchema, 'The node') },
  },
);

export const getNodeImpact = defineRoute(
  { action: 'tree.view', node: 'path' },
  {
    method: 'get',
    path: '/api/v1/nodes/{node}/impact',
    tags,
    summary: 'What hangs on a node and everything below it: what a move or a deletion takes along',
    request: { params: nodeParam },
    responses: { 200: json(nodeImpactSchema, 'Counts') },
  },
);

export const updateNode = defineRoute(
  { action: 'tree.edit', node: 'path' },
  {
    method: 'patch',
    path: '/api/v1/nodes/{node}',
    tags,
    summary: 'Rename a node or change how it looks',
    request: {
      params: nodeParam,
      body: jsonBody(z.object({ name: nodeNameSchema.optional(), isLeaf: z.boolean().optional(), ...look })),
    },
    responses: { 200: json(nodeDetailSchema, 'As it is now') },
  },
);

export const moveNode = defineRoute(
  { action: 'tree.edit', node: 'path' },
  {
    method: 'post',
    path: '/api/v1/nodes/{node}/move',
    tags,
    summary: 'Move a node and everything below it under another parent',
    request: {
      params: nodeParam,
      body: jsonBody(z.object({ parent: z.string().max(1100).nullable().describe('null makes it a root') })),
    },
    responses: { 200: json(nodeDetailSchema, 'As it is now') },
  },
);

export const deleteNode = defineRoute(
  { action: 'tree.edit', node: 'path' },
  {
    method: 'delete',
    path: '/api/v1/nodes/{node}',
    tags,
    summary: 'Delete a node; with children or machines only by cascade',
    request: { params: nodeParam, query: z.object({ cascade: flagQuery }) },
    responses: {
      200: json(z.object({ deleted: z.int(), unbound: z.int() }), 'Nodes deleted, machines unbound'),
      409: {
        description: 'Something hangs on it (`not-empty`): `blockers` says what',
        content: {
          [problemMediaType]: { schema: problemSchema.extend({ blockers: z.array(nodeBlockerSchema).optional() }) },
        },
      },
    },
  },
);

export const listNodeMachines = defineRoute(
  { action: 'tree.view', node: 'path' },
  {
    method: 'get',
    path: '/api/v1/nodes/{node}/machines',
    tags,
    summary: 'Machines of a node, or of everything below it too',
    request: { params: nodeParam, query: z.object({ ...pageQuery, subtree: flagQuery, q: searchQuery }) },
    responses: { 200: json(pageOf(machineSchema), 'A page, by name') },
  },
);

export const bindMachines = defineRoute(
  { action: 'tree.bind', node: 'path' },
  {
    method: 'post',
    path: '/api/v1/nodes/{node}/bind',
    tags,
    summary: 'Bind machines to a node',
    request: { params: nodeParam, body: jsonBody(machineNames) },
    responses: { 200: json(z.object({ bound: z.int() }), 'How many were not bound before') },
  },
);

export const unbindMachines = defineRoute(
  { action: 'tree.bind', node: 'path' },
  {
    method: 'post',
    path: '/api/v1/nodes/{node}/unbind',
    tags,
    summary: 'Unbind machines from a node',
    request: { params: nodeParam, body: jsonBody(machineNames) },
    responses: { 200: json(z.object({ unbound: z.int() }), 'How many were bound before') },
  },
);

export const listGrants = defineRoute(
  { action: 'tree.view', node: 'path' },
  {
    method: 'get',
    path: '/api/v1/nodes/{node}/grants',
    tags,
    summary: 'Who has which role here, inherited ones included',
    request: { params: nodeParam },
    responses: { 200: json(z.object({ items: z.array(nodeGrantSchema) }), 'All of them') },
  },
);

const grantParam = nodeParam.extend({ user: z.string().min(1).max(128).openapi({ description: 'Name or id' }) });

export const grantNode = defineRoute(
  { action: 'tree.grant', node: 'path' },
  {
    method: 'put',
    path: '/api/v1/nodes/{node}/grants/{user}',
    tags,
    summary: 'Grant a role on a node and everything below it',
    request: { params: grantParam, body: jsonBody(z.object({ role: z.enum(nodeRoles) })) },
    responses: { 200: json(nodeGrantSchema, 'Granted') },
  },
);

export const revokeGrant = defineRoute(
  { action: 'tree.grant', node: 'path' },
  {
    method: 'delete',
    path: '/api/v1/nodes/{node}/grants/{user}',
    tags,
    summary: 'Revoke the role of a user on a node',
    request: { params: grantParam },
    responses: { 204: { description: 'Revoked' } },
  },
);
