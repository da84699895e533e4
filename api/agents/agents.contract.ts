import { z } from '@hono/zod-openapi';
import { agentNameSchema, agentStates } from '#domain/agents/agent.ts';
import { factsSchema } from '#domain/agents/facts.ts';
import { nodePathSchema } from '#domain/tree/node.ts';
import {
  defineRoute,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  searchQuery,
  timeSchema,
} from '#api/kernel/contract/define-route.ts';
import { machineSchema } from '#api/tree/tree.contract.ts';

const tags = ['agents'];

/** An enrolled agent. `identity` is its machine's, kept on the host. */
export const agentSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    address: z.string(),
    state: z.enum(agentStates),
    version: z.string(),
    identity: z.string(),
    machineId: z.string(),
    gateway: z.string().nullable(),
    enrolledAt: timeSchema,
    connectedAt: timeSchema.nullable(),
    disconnectedAt: timeSchema.nullable(),
    certificateExpiresAt: timeSchema,
  })
  .openapi('Agent');
export type Agent = z.infer<typeof agentSchema>;

export const agentDetailSchema = agentSchema
  .extend({ facts: factsSchema.nullable(), factsAt: timeSchema.nullable() })
  .openapi('AgentDetail');

const agentParam = z.object({ agent: z.string().min(1).max(128).openapi({ description: 'Name or id' }) });

export const listAgents = defineRoute(
  { action: 'agent.view' },
  {
    method: 'get',
    path: '/api/v1/agents',
    tags,
    summary: 'Agents by name',
    request: { query: z.object({ ...pageQuery, state: z.enum(agentStates).optional(), q: searchQuery }) },
    responses: { 200: json(pageOf(agentSchema), 'A page; revoked ones only where asked for') },
  },
);

export const getAgent = defineRoute(
  { action: 'agent.view' },
  {
    method: 'get',
    path: '/api/v1/agents/{agent}',
    tags,
    summary: 'One agent with its facts',
    request: { params: agentParam },
    responses: { 200: json(agentDetailSchema, 'The agent') },
  },
);

export const revokeAgent = defineRoute(
  { action: 'agent.manage' },
  {
    method: 'post',
    path: '/api/v1/agents/{agent}/revoke',
    tags,
    summary: 'Revoke an agent: it is cut off within seconds and cannot come back',
    request: { params: agentParam },
    responses: { 200: json(agentSchema, 'As it is now') },
  },
);

export const createJoinToken = defineRoute(
  { action: 'agent.manage' },
  {
    method: 'post',
    path: '/api/v1/join-tokens',
    tags,
    summary: 'Create a token with which one agent may enrol',
    request: {
      body: jsonBody(
        z.object({
          agentName: agentNameSchema.optional().describe('Only an agent of this name may use it'),
          node: nodePathSchema.optional().describe('The machine is bound to this node'),
          expiresInMinutes: z.int().min(1).max(10_080).default(60),
        }),
      ),
    },
    responses: { 201: json(z.object({ id: z.string(), token: z.string(), expiresAt: timeSchema }), 'Shown this once') },
  },
);

export const listMachines = defineRoute(
  { action: 'agent.view' },
  {
    method: 'get',
    path: '/api/v1/machines',
    tags: ['assets'],
    summary: 'Machines by name',
    request: { query: z.object({ ...pageQuery, q: searchQuery }) },
    responses: { 200: json(pageOf(machineSchema), 'A page') },
  },
);
