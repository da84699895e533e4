import { z } from '@hono/zod-openapi';
import { secretNameSchema, secretValueSchema } from '#domain/secrets/secret.ts';
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

const tags = ['secrets'];

/** A secret, never with a value: nothing that was stored is shown again. */
export const secretSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    node: z.string().nullable().describe('Full name of its owner node; null: the whole platform'),
    description: z.string(),
    latestVersion: z.int(),
    versions: z.int().describe('Versions that still have a value'),
    createdBy: z.string(),
    createdAt: timeSchema,
    rotatedBy: z.string(),
    rotatedAt: timeSchema,
  })
  .openapi('Secret');
export type Secret = z.infer<typeof secretSchema>;

export const secretVersionSchema = z
  .object({
    version: z.int(),
    createdBy: z.string(),
    createdAt: timeSchema,
    deletedAt: timeSchema.nullable().describe('When its value was destroyed'),
  })
  .openapi('SecretVersion');
export type SecretVersion = z.infer<typeof secretVersionSchema>;

export const secretInputSchema = z
  .object({
    name: secretNameSchema.describe('Unique'),
    node: nodePathSchema.optional().describe('Owner node; without: the whole platform'),
    description: z.string().trim().max(500).optional(),
    value: secretValueSchema.describe('Sealed at once, and never shown again'),
  })
  .openapi('SecretInput');
export type SecretInput = z.input<typeof secretInputSchema>;

const secretParam = z.object({ id: z.uuid() });
const versionParam = secretParam.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) });
const edit = { action: 'secret.edit', subject: 'secret' } as const;
const deleted = json(z.object({ deleted: z.literal(true) }), 'Gone');

export const listSecrets = defineRoute(
  { action: 'secret.view', node: 'filtered' },
  {
    method: 'get',
    path: '/api/v1/secrets',
    tags,
    summary: 'Secrets by name, without their values',
    request: {
      query: z.object({
        ...pageQuery,
        q: searchQuery.describe('Part of a name or description'),
        name: secretNameSchema.optional().describe('Exactly this one'),
      }),
    },
    responses: { 200: json(pageOf(secretSchema), 'A page') },
  },
);

export const createSecret = defineRoute(
  { action: 'secret.edit', node: 'body' },
  {
    method: 'post',
    path: '/api/v1/secrets',
    tags,
    summary: 'Keep a secret, as version 1',
    request: { body: jsonBody(secretInputSchema) },
    responses: { 201: json(secretSchema, 'Kept') },
  },
);

export const getSecret = defineRoute(
  { action: 'secret.view', subject: 'secret' },
  {
    method: 'get',
    path: '/api/v1/secrets/{id}',
    tags,
    summary: 'A secret, without its values',
    request: { params: secretParam },
    responses: { 200: json(secretSchema, 'The secret') },
  },
);

export const deleteSecret = defineRoute(edit, {
  method: 'delete',
  path: '/api/v1/secrets/{id}',
  tags,
  summary: 'Destroy a secret with all its versions; what names it cannot run any more',
  request: { params: secretParam },
  responses: { 200: deleted },
});

export const listSecretVersions = defineRoute(
  { action: 'secret.view', subject: 'secret' },
  {
    method: 'get',
    path: '/api/v1/secrets/{id}/versions',
    tags,
    summary: 'Versions of a secret, newest first, without their values',
    request: { params: secretParam, query: z.object(pageQuery) },
    responses: { 200: json(pageOf(secretVersionSchema), 'A page') },
  },
);

export const rotateSecret = defineRoute(edit, {
  method: 'post',
  path: '/api/v1/secrets/{id}/versions',
  tags,
  summary: 'Give a secret another value, as its next version; older ones stay until they are deleted',
  request: { params: secretParam, body: jsonBody(z.object({ value: secretValueSchema })) },
  responses: { 201: json(secretSchema, 'As it is now') },
});

export const deleteSecretVersion = defineRoute(edit, {
  method: 'delete',
  path: '/api/v1/secrets/{id}/versions/{version}',
  tags,
  summary: 'Destroy the value of an older version; what names it cannot run any more',
  request: { params: versionParam },
  responses: { 200: deleted },
});

const keyProgress = {
  left: z.int().describe('Values that another key of the file still seals'),
  unreadable: z.int().describe('Values whose key is not in the file'),
};
export const secretKeySchema = z
  .object({
    keyId: z.string().nullable().describe('The first key of the file, which seals; null: there is no file yet'),
    keys: z.array(z.object({ id: z.string(), inFile: z.boolean(), values: z.int() })),
    ...keyProgress,
  })
  .openapi('SecretKey');
export type SecretKey = z.infer<typeof secretKeySchema>;

export const rewrappedSchema = z
  .object({ keyId: z.string(), rewrapped: z.int().describe('By this call'), ...keyProgress })
  .openapi('RewrappedSecrets');
export type RewrappedSecrets = z.infer<typeof rewrappedSchema>;

const rotateKey = { action: 'secret.rotate-key' } as const;

export const getSecretKey = defineRoute(rotateKey, {
  method: 'get',
  path: '/api/v1/secret-key',
  tags,
  summary: 'Which keys seal how many of the stored values',
  responses: { 200: json(secretKeySchema, 'Ids of keys, never a key') },
});

export const rewrapSecrets = defineRoute(rotateKey, {
  method: 'post',
  path: '/api/v1/secret-key/rewrap',
  tags,
  summary: 'Move some of what older keys seal under the first key of the file; call it again while some are left',
  request: { body: jsonBody(z.object({ limit: z.int().min(1).max(1000).default(200) })) },
  responses: { 200: json(rewrappedSchema, 'How far it is') },
});
