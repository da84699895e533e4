import { z } from 'zod';
import { hasByteOrderMark } from '../byte-order-mark.ts';
import { nameSchema } from '../name-rule.ts';
import { because } from '../reasons.ts';
import { faultBecause } from '../schema-fault.ts';
import { utf8Length } from '../tasks/task.ts';

/** How long a value may be; Linux lets an environment variable have no more than 128 KiB. */
export const secretValueBytes = 64 * 1024;

export const secretNameSchema = nameSchema('.-_');

/**
 * Kept to the letter. A value is never shown again, so that a wrong one is hard to find: an empty one, and one that begins
 * with a byte order mark, are refused.
 */
export const secretValueSchema = z
  .string()
  .min(1)
  .refine((text) => !text.includes('\0'), 'must not contain a NUL byte')
  .refine((text) => !hasByteOrderMark(text), faultBecause(because('byte-order-mark')))
  .refine((text) => utf8Length(text) <= secretValueBytes, `is longer than ${secretValueBytes} bytes`);

/** What a sealed value is bound to: it opens as this version of this secret, and as nothing else. */
export const secretContext = (secretId: string, version: number): string => `secret:${secretId}:${version}`;
