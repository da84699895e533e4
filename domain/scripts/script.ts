import { z } from 'zod';
import { hasByteOrderMark } from '../byte-order-mark.ts';
import { nameSchema } from '../name-rule.ts';
import { because } from '../reasons.ts';
import { faultBecause } from '../schema-fault.ts';
import { taskLimits, utf8Length } from '../tasks/task.ts';

/** What a script of the library is written in. */
export const scriptLanguages = ['shell', 'python', 'json', 'yaml'] as const;
export type ScriptLanguage = (typeof scriptLanguages)[number];

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Name of a script. It never looks like an id: either one addresses it. */
export const scriptNameSchema = nameSchema('.-_').refine((name) => !uuid.test(name), 'must not look like an id');

const text = z
  .string()
  .refine((value) => !value.includes('\0'), 'must not contain a NUL byte')
  .refine((value) => value.isWellFormed(), 'must be text in Unicode');

/** The text of one version, kept to the letter; as large as the script of a task. */
export const scriptContentSchema = text
  .min(1)
  .refine((value) => !hasByteOrderMark(value), faultBecause(because('byte-order-mark')))
  .refine((value) => utf8Length(value) <= taskLimits.scriptBytes, `is longer than ${taskLimits.scriptBytes} bytes`);

/** What a script is for. */
export const scriptDescriptionSchema = text.max(2000);

/** Why a version was made, in a line or two. */
export const scriptNoteSchema = text.max(500);

/**
 * How a task runs a script of the library: `interpreter` where its first line names none and its language does; undefined
 * for a language that is no program.
 */
export function runOf(script: { language: ScriptLanguage; content: string }): { interpreter?: string } | undefined {
  if (script.content.startsWith('#!')) return {};
  switch (script.language) {
    case 'shell':
      return {};
    case 'python':
      return { interpreter: 'python3' };
    case 'json':
    case 'yaml':
      return undefined;
  }
}
