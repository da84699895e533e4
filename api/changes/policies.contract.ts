import { z } from '@hono/zod-openapi';
import { changeKindNames } from '#domain/names.ts';
import { delegateRules, needSchema, policyModes, timeoutActions } from '#domain/changes/policy.ts';
import { userRoles } from '#domain/identity/roles.ts';
import { nodePathSchema } from '#domain/tree/node.ts';
import { defineRoute, json, jsonBody, timeSchema } from '#api/kernel/contract/define-route.ts';
import { taskInputSchema } from '#api/tasks/tasks.contract.ts';

const tags = ['policies'];

/** Who may approve, by names as people know them. */
export const approverInputSchema = z
  .discriminatedUnion('type', [
    z.object({ type: z.literal('user'), user: z.string().trim().min(1).max(64) }),
    z.object({ type: z.literal('role'), role: z.enum(userRoles) }),
    z.object({ type: z.literal('owners') }),
  ])
  .openapi('Approver');

const minuteMs = 60_000;

export const policyInputSchema = z
  .object({
    mode: z.enum(policyModes),
    steps: z
      .array(z.object({ approvers: z.array(approverInputSchema).min(1).max(50), need: needSchema.default('any') }))
      .max(10)
      .optional()
      .describe('In order. With mode `ticket` and no steps: one step, any owner of the node'),
    fourEyes: z.boolean().optional(),
    delegates: z
      .enum(delegateRules)
      .optional()
      .describe(
        'Whom approvers may hand their part on to, or add: those whom the step or its escalation means, or anyone',
      ),
    remindAfterMs: z.int().min(minuteMs).optional(),
    timeoutMs: z.int().min(minuteMs).optional(),
    onTimeout: z.enum(timeoutActions).optional(),
    escalateTo: z.array(approverInputSchema).max(50).optional(),
  })
  .openapi('PolicyInput');
export type PolicyInput = z.input<typeof policyInputSchema>;

export const policySchemaOut = z
  .object({
    kind: z.enum(changeKindNames),
    node: z.string().nullable().describe('Where it is set; null: the whole tree'),
    inherited: z.boolean(),
    mode: z.enum(policyModes),
    steps: z.array(z.object({ approvers: z.array(approverInputSchema), need: needSchema })),
    fourEyes: z.boolean(),
    delegates: z.enum(delegateRules),
    remindAfterMs: z.int(),
    timeoutMs: z.int(),
    onTimeout: z.enum(timeoutActions),
    escalateTo: z.array(approverInputSchema),
    version: z.int().describe('0: nothing is set anywhere; changes are direct'),
    updatedBy: z.string().nullable(),
    updatedAt: timeSchema.nullable(),
  })
  .openapi('Policy');
export type PolicyView = z.infer<typeof policySchemaOut>;

const kindName = z.string().min(1).max(64);
const nodeParam = z.object({ node: nodePathSchema });
const nodeKindParam = nodeParam.extend({ kind: kindName });
const kindParam = z.object({ kind: kindName });

export const listNodePolicies = defineRoute(
  { action: 'tree.view', node: 'path' },
  {
    method: 'get',
    path: '/api/v1/nodes/{node}/policies',
    tags,
    summary: 'The policy that holds on a node, for each kind of change',
    request: { params: nodeParam },
    responses: { 200: json(z.object({ items: z.array(policySchemaOut) }), 'One per kind') },
  },
);

export const setNodePolicy = defineRoute(
  { action: 'policy.edit', node: 'path' },
  {
    method: 'put',
    path: '/api/v1/nodes/{node}/policies/{kind}',
    tags,
    summary: 'Set the policy of a node, for it and everything below',
    request: { params: nodeKindParam, body: jsonBody(policyInputSchema) },
    responses: { 200: json(policySchemaOut, 'As set') },
  },
);

export const removeNodePolicy = defineRoute(
  { action: 'policy.edit', node: 'path' },
  {
    method: 'delete',
    path: '/api/v1/nodes/{node}/policies/{kind}',
    tags,
    summary: 'Remove the policy of a node: it inherits again',
    request: { params: nodeKindParam },
    responses: { 200: json(policySchemaOut, 'What holds now') },
  },
);

export const listRootPolicies = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/policies',
  tags,
  summary: 'The policies of the whole tree; they hold for machines that are bound nowhere, too',
  responses: { 200: json(z.object({ items: z.array(policySchemaOut) }), 'One per kind') },
});

export const setRootPolicy = defineRoute(
  { action: 'policy.edit' },
  {
    method: 'put',
    path: '/api/v1/policies/{kind}',
    tags,
    summary: 'Set a policy for the whole tree',
    request: { params: kindParam, body: jsonBody(policyInputSchema) },
    responses: { 200: json(policySchemaOut, 'As set') },
  },
);

export const removeRootPolicy = defineRoute(
  { action: 'policy.edit' },
  {
    method: 'delete',
    path: '/api/v1/policies/{kind}',
    tags,
    summary: 'Remove a policy of the whole tree',
    request: { params: kindParam },
    responses: { 200: json(policySchemaOut, 'What holds now') },
  },
);

export const previewChangeSchema = z
  .object({
    kind: z.enum(changeKindNames),
    mode: z.enum(policyModes),
    /** Nodes whose policies decided, strictest first; null: the whole tree. */
    decidedBy: z.array(z.object({ node: z.string().nullable(), mode: z.enum(policyModes) })),
    hosts: z.int(),
    unknownHosts: z.array(z.string()),
    fourEyes: z.boolean(),
    steps: z.array(
      z.object({
        step: z.int(),
        need: needSchema,
        approvers: z.array(z.string()).describe('Names of those who could approve now, without the requester'),
        policyNode: z.string().nullable(),
      }),
    ),
  })
  .openapi('ChangePreview');
export type ChangePreview = z.infer<typeof previewChangeSchema>;

export const previewChange = defineRoute(
  { action: 'task.run', node: 'body' },
  {
    method: 'post',
    path: '/api/v1/changes/preview',
    tags,
    summary: 'What would happen if: nothing is stored, nothing runs',
    request: { body: jsonBody(z.object({ kind: kindName, task: taskInputSchema })) },
    responses: { 200: json(previewChangeSchema, 'What policy would say') },
  },
);
