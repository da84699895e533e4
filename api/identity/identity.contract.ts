import { z } from '@hono/zod-openapi';
import { nodeRoles, userRoles } from '#domain/identity/roles.ts';
import { newUserNameSchema } from '#domain/identity/user.ts';
import {
  defineRoute,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  searchQuery,
  timeSchema,
} from '#api/kernel/contract/define-route.ts';

const tags = ['identity'];
const role = z.enum(userRoles);

export const userSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    disabled: z.boolean(),
    mustChangePassword: z.boolean(),
    createdAt: timeSchema,
  })
  .openapi('User');
export type User = z.infer<typeof userSchema>;

/** An API token without its secret. */
export const tokenSchema = z
  .object({
    id: z.string(),
    name: z.string().nullable(),
    start: z.string().nullable(),
    createdAt: timeSchema,
    expiresAt: timeSchema.nullable(),
  })
  .openapi('Token');
export type Token = z.infer<typeof tokenSchema>;

/** `token` is shown this once. */
export const newTokenSchema = tokenSchema.extend({ token: z.string() }).openapi('NewToken');

/** `token` (and `password`, where asked for) are shown this once. */
export const newUserSchema = z
  .object({ id: z.string(), name: z.string(), role, token: z.string(), password: z.string().optional() })
  .openapi('NewUser');
export type NewUser = z.infer<typeof newUserSchema>;

/** `via` is how the request was signed in; with `mustChangePassword` a session may do nothing else before. */
export const whoamiSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    role,
    via: z.enum(['session', 'token']),
    mustChangePassword: z.boolean(),
    grants: z.array(z.object({ node: z.string(), role: z.enum(nodeRoles) })),
    actions: z.array(z.string()).describe('Actions allowed on the whole tree or platform'),
  })
  .openapi('Whoami');
export type Whoami = z.infer<typeof whoamiSchema>;

const userParam = z.object({ user: z.string().min(1).max(128).openapi({ description: 'Name or id' }) });
const tokenInput = z.object({
  name: z.string().trim().min(1).max(64).optional(),
  expiresInDays: z.int().min(1).max(3650).optional(),
});

export const whoami = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/whoami',
  tags,
  summary: 'Who is asking',
  responses: { 200: json(whoamiSchema, 'The caller') },
});

export const createUser = defineRoute(
  { action: 'user.manage' },
  {
    method: 'post',
    path: '/api/v1/users',
    tags,
    summary: 'Create a user with an API token',
    request: {
      body: jsonBody(
        z.object({
          name: newUserNameSchema,
          role,
          withPassword: z.boolean().default(false).describe('Also make a one-time password for the web'),
        }),
      ),
    },
    responses: { 201: json(newUserSchema, 'Created') },
  },
);

export const listUsers = defineRoute(
  { action: 'user.manage' },
  {
    method: 'get',
    path: '/api/v1/users',
    tags,
    summary: 'Users by name',
    request: { query: z.object({ ...pageQuery, q: searchQuery }) },
    responses: { 200: json(pageOf(userSchema), 'A page') },
  },
);

export const updateUser = defineRoute(
  { action: 'user.manage' },
  {
    method: 'patch',
    path: '/api/v1/users/{user}',
    tags,
    summary: 'Change the role of a user, disable or enable them',
    request: {
      params: userParam,
      body: jsonBody(z.object({ role: role.optional(), disabled: z.boolean().optional() })),
    },
    responses: { 200: json(userSchema, 'As it is now') },
  },
);

export const createUserToken = defineRoute(
  { action: 'user.manage' },
  {
    method: 'post',
    path: '/api/v1/users/{user}/tokens',
    tags,
    summary: 'Create an API token for a user',
    request: { params: userParam, body: jsonBody(tokenInput) },
    responses: { 201: json(newTokenSchema, 'Created') },
  },
);

export const listUserTokens = defineRoute(
  { action: 'user.manage' },
  {
    method: 'get',
    path: '/api/v1/users/{user}/tokens',
    tags,
    summary: 'API tokens of a user',
    request: { params: userParam },
    responses: { 200: json(z.object({ items: z.array(tokenSchema) }), 'All of them') },
  },
);

export const revokeUserToken = defineRoute(
  { action: 'user.manage' },
  {
    method: 'delete',
    path: '/api/v1/users/{user}/tokens/{token}',
    tags,
    summary: 'Revoke an API token of a user',
    request: { params: userParam.extend({ token: z.string().min(1).max(128) }) },
    responses: { 204: { description: 'Revoked' } },
  },
);

export const createToken = defineRoute('signed-in', {
  method: 'post',
  path: '/api/v1/tokens',
  tags,
  summary: 'Create an API token of your own',
  request: { body: jsonBody(tokenInput) },
  responses: { 201: json(newTokenSchema, 'Created') },
});

export const listTokens = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/tokens',
  tags,
  summary: 'Your own API tokens',
  responses: { 200: json(z.object({ items: z.array(tokenSchema) }), 'All of them') },
});

export const revokeToken = defineRoute('signed-in', {
  method: 'delete',
  path: '/api/v1/tokens/{token}',
  tags,
  summary: 'Revoke an API token of your own',
  request: { params: z.object({ token: z.string().min(1).max(128) }) },
  responses: { 204: { description: 'Revoked' } },
});
