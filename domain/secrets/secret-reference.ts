import { z } from 'zod';

const versionSchema = z.int().min(1).max(2_147_483_647);

/** A secret as somebody asks for it. Where an id is given, it is that one, whatever has the name by now. */
export const secretRequestSchema = z.object({
  secret: z.string().min(1).max(63).describe('Name of a secret, or its id'),
  id: z.uuid().optional().describe('It is this secret, whichever has the name by now'),
  version: z
    .union([versionSchema, z.literal('latest')])
    .default('latest')
    .describe('`latest` becomes the number that it has when it is proposed'),
});
export type SecretRequest = z.infer<typeof secretRequestSchema>;

/** One version of one secret, as payloads carry it, and tickets show and hash it: a value never stands anywhere in them. */
export const secretReferenceSchema = z.object({
  /** Its name, for people. */
  secret: z.string(),
  id: z.uuid(),
  version: versionSchema,
});
export type SecretReference = z.infer<typeof secretReferenceSchema>;
