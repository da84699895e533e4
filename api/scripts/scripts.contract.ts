import { z } from '@hono/zod-openapi';
import {
  scriptContentSchema,
  scriptDescriptionSchema,
  scriptLanguages,
  scriptNameSchema,
  scriptNoteSchema,
} from '#domain/scripts/script.ts';
import { reasonShape } from '#api/kernel/contract/reason.ts';
import {
  defineRoute,
  json,
  jsonBody,
  pageOf,
  pageQuery,
  searchQuery,
  timeSchema,
} from '#api/kernel/contract/define-route.ts';

const tags = ['scripts'];
const editRule = { action: 'script.edit' } as const;

/** A script of the library, without its text. `bytes` is that of its latest version, `updatedAt` that of any change. */
export const scriptSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    language: z.enum(scriptLanguages),
    description: z.string(),
    version: z.int().describe('The latest one'),
    bytes: z.int(),
    createdBy: z.string(),
    createdAt: timeSchema,
    updatedBy: z.string(),
    updatedAt: timeSchema,
  })
  .openapi('Script');
export type Script = z.infer<typeof scriptSchema>;

/** What can be done to a script, for the caller. */
export const scriptActions = ['edit', 'delete'] as const;

/** A script with the text of its latest version. */
export const scriptDetailSchema = scriptSchema
  .extend({
    content: z.string(),
    note: z.string().describe('Of the latest version'),
    actions: z.array(
      z.object({
        name: z.enum(scriptActions),
        allowed: z.boolean(),
        ...reasonShape,
      }),
    ),
  })
  .openapi('ScriptDetail');
export type ScriptDetail = z.infer<typeof scriptDetailSchema>;

/** One version of a script, without its text. Versions are numbered from 1 and never change. */
export const scriptVersionSchema = z
  .object({
    version: z.int(),
    bytes: z.int(),
    note: z.string(),
    createdBy: z.string(),
    createdAt: timeSchema,
  })
  .openapi('ScriptVersion');
export type ScriptVersion = z.infer<typeof scriptVersionSchema>;

/** One version with its text. */
export const scriptVersionDetailSchema = scriptVersionSchema
  .extend({ content: z.string() })
  .openapi('ScriptVersionDetail');
export type ScriptVersionDetail = z.infer<typeof scriptVersionDetailSchema>;

export const scriptInputSchema = z
  .object({
    name: scriptNameSchema.describe('Unique, whatever its case'),
    language: z.enum(scriptLanguages),
    description: scriptDescriptionSchema.optional(),
    content: scriptContentSchema,
    note: scriptNoteSchema.optional().describe('Of version 1'),
  })
  .openapi('ScriptInput');
export type ScriptInput = z.input<typeof scriptInputSchema>;

export const scriptVersionInputSchema = z
  .object({
    baseVersion: z.int().min(1).describe('The version that was edited'),
    content: scriptContentSchema,
    note: scriptNoteSchema.optional(),
  })
  .openapi('ScriptVersionInput');
export type ScriptVersionInput = z.input<typeof scriptVersionInputSchema>;

const scriptChangeSchema = z
  .object({ name: scriptNameSchema.optional(), description: scriptDescriptionSchema.optional() })
  .refine((change) => Object.values(change).some((value) => value !== undefined), {
    message: 'give name or description',
    path: ['name'],
  });
export type ScriptChange = z.input<typeof scriptChangeSchema>;

const scriptParam = z.object({
  script: z
    .string()
    .regex(/^[^\0]{1,128}$/)
    .openapi({ description: 'Name or id' }),
});
const versionParam = scriptParam.extend({ version: z.coerce.number().int().min(1).max(2_147_483_647) });

export const listScripts = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/scripts',
  tags,
  summary: 'Scripts of the library by name',
  request: {
    query: z.object({
      ...pageQuery,
      q: searchQuery.describe('Part of a name or description'),
      language: z.enum(scriptLanguages).optional(),
    }),
  },
  responses: { 200: json(pageOf(scriptSchema), 'A page') },
});

export const createScript = defineRoute(editRule, {
  method: 'post',
  path: '/api/v1/scripts',
  tags,
  summary: 'Put a script into the library, as version 1',
  request: { body: jsonBody(scriptInputSchema) },
  responses: { 201: json(scriptDetailSchema, 'Created') },
});

export const getScript = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/scripts/{script}',
  tags,
  summary: 'One script with the text of its latest version',
  request: { params: scriptParam },
  responses: { 200: json(scriptDetailSchema, 'The script') },
});

export const updateScript = defineRoute(editRule, {
  method: 'patch',
  path: '/api/v1/scripts/{script}',
  tags,
  summary: 'Rename a script or change its description; its text changes by a new version',
  request: { params: scriptParam, body: jsonBody(scriptChangeSchema) },
  responses: { 200: json(scriptDetailSchema, 'As it is now') },
});

export const deleteScript = defineRoute(editRule, {
  method: 'delete',
  path: '/api/v1/scripts/{script}',
  tags,
  summary: 'Delete a script with all its versions; tasks keep what they were given',
  request: { params: scriptParam },
  responses: { 200: json(z.object({ deleted: z.boolean() }), 'Deleted') },
});

export const listScriptVersions = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/scripts/{script}/versions',
  tags,
  summary: 'Versions of a script, newest first, without their texts',
  request: { params: scriptParam, query: z.object(pageQuery) },
  responses: { 200: json(pageOf(scriptVersionSchema), 'A page') },
});

export const getScriptVersion = defineRoute('signed-in', {
  method: 'get',
  path: '/api/v1/scripts/{script}/versions/{version}',
  tags,
  summary: 'One version of a script with its text',
  request: { params: versionParam },
  responses: { 200: json(scriptVersionDetailSchema, 'The version') },
});

export const createScriptVersion = defineRoute(editRule, {
  method: 'post',
  path: '/api/v1/scripts/{script}/versions',
  tags,
  summary: 'Add a version; 409 `newer-version` (with latestVersion) or `no-change` where there is nothing to add to',
  request: { params: scriptParam, body: jsonBody(scriptVersionInputSchema) },
  responses: { 201: json(scriptDetailSchema, 'The script with its new version') },
});
