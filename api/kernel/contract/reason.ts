import { z } from '@hono/zod-openapi';

const params = z
  .record(z.string(), z.union([z.string(), z.number(), z.object({ names: z.array(z.string()), count: z.int() })]))
  .describe('What the code is about, by name: users, hosts, numbers, times');

/** Why, of something that may have no reason: all null (and no parameters) then. */
export const reasonShape = {
  reason: z.string().nullable().describe('Why, as a stable code'),
  params,
  detail: z.string().nullable().describe('Why, as an English sentence'),
};

/** One of several reasons. */
export const reasonSchema = z
  .object({ code: z.string().describe('A stable code'), params, detail: z.string().describe('An English sentence') })
  .openapi('Reason');
