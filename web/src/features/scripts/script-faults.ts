import { isName } from '#domain/name-rule.ts';
import type { MessageKey } from '#web/lib/i18n/sources.ts';
import type { MessageParams } from '#words/fill.ts';
import type { ScriptLanguage } from '#web/nouns/scripts/client.ts';
import { jsonFault } from './json-fault.ts';

/** As the api allows them. */
const limits = { bytes: 256 * 1024 };

interface Fault {
  readonly key: MessageKey;
  readonly params?: MessageParams;
}

/** Why a script cannot be called this; undefined where it can. Whether the name is free, the api knows. */
export function scriptNameFault(name: string): Fault | undefined {
  if (name === '') return { key: 'scripts.nameMissing' };
  return isName(name.normalize('NFC'), '.-_') ? undefined : { key: 'scripts.nameWrong' };
}

/** Why a text cannot be saved; undefined where it can. */
export function scriptTextFault(text: string): Fault | undefined {
  if (text === '') return { key: 'scripts.textMissing' };
  if (text.includes('\0')) return { key: 'scripts.nulByte' };
  const tooLong = new TextEncoder().encode(text).length > limits.bytes;
  return tooLong ? { key: 'scripts.textTooLong', params: { n: limits.bytes / 1024 } } : undefined;
}

/** A place in a text that looks wrong, which keeps nobody from saving it. */
export interface TextWarning extends Fault {
  readonly line: number;
  readonly column: number;
}

/** What can be said of a text without running it: of JSON where it breaks off, of other languages nothing. */
export function textWarnings(language: ScriptLanguage, text: string): readonly TextWarning[] {
  const fault = language === 'json' && text.trim() !== '' ? jsonFault(text) : undefined;
  if (fault === undefined) return [];
  const { line, column, found } = fault;
  const said: Fault =
    found === undefined ? { key: 'scripts.jsonEnds' } : { key: 'scripts.jsonUnexpected', params: { found } };
  return [{ line, column, ...said }];
}
