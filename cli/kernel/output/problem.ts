import { z } from 'zod';
import type { Refusal } from '../client/refusal.ts';
import { oneLine } from './text.ts';
import type { Paint } from './paint.ts';

/** Answers that are shown otherwise, or that say nothing to people. */
const shownElsewhere = new Set([
  'type',
  'title',
  'status',
  'detail',
  'code',
  'reason',
  'params',
  'errors',
  'requestId',
]);

/** Fields of the API that every list has. */
const optionOfEveryList: Record<string, string> = { q: '--search' };

interface RefusalOptions {
  readonly paint: Paint;
  /** Options of the command that was refused, like `--host`. */
  readonly optionsOfCommand: readonly string[];
  /** Options that stand for a field of the API that is named otherwise. */
  readonly optionOfField: ReadonlyMap<string, string>;
}

/** A refusal for people: the sentence, a line per wrong field under the name of its option, what it adds, the request's id. */
export function renderRefusal(refusal: Refusal, options: RefusalOptions): string {
  const { paint } = options;
  const reason = refusal.reason === undefined ? '' : ` (${oneLine(refusal.reason)})`;
  const lines = [`${paint('bad', 'refused')}: ${oneLine(sentence(refusal))}${reason}`];
  for (const { field, message } of refusal.fields) {
    lines.push(`  ${optionOf(field, options)}: ${oneLine(message)}`);
  }
  for (const [name, value] of Object.entries(refusal.answer)) {
    if (shownElsewhere.has(name)) continue;
    const blockers = blockersSchema.safeParse(value);
    if (blockers.success) lines.push(...blockers.data.map(blockerLine));
    else lines.push(`  ${oneLine(name)}: ${oneLine(typeof value === 'string' ? value : JSON.stringify(value))}`);
  }
  if (refusal.requestId !== undefined) lines.push(paint('quiet', `request ${oneLine(refusal.requestId)}`));
  return lines.map((line) => `${line}\n`).join('');
}

/** What keeps a thing from being deleted. */
const blockersSchema = z.array(z.object({ kind: z.string(), count: z.int(), names: z.array(z.string()) })).min(1);

/** `machines: web-1, web-2 and 3 more` */
function blockerLine({ kind, count, names }: z.infer<typeof blockersSchema>[number]): string {
  const more = count - names.length;
  return `  ${oneLine(kind)}: ${names.map(oneLine).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}

/** The detail; where that only repeats the fields in the API's words, the title. */
function sentence(refusal: Refusal): string {
  const { title } = refusal.answer;
  const repeats =
    refusal.fields.length > 0 && refusal.fields.every(({ field }) => refusal.message.includes(`${field}: `));
  return repeats && typeof title === 'string' ? title : refusal.message;
}

/** `strategy.onError` → `--on-error`, `target.hosts.3` → `--host (number 4)`; a field that is no option stays as it is. */
function optionOf(field: string, { optionsOfCommand, optionOfField }: RefusalOptions): string {
  const parts = field.split('.');
  const index = /^\d+$/.test(parts.at(-1) ?? '') ? ` (number ${Number(parts.pop()) + 1})` : '';
  for (const part of parts.toReversed()) {
    const flag =
      optionOfField.get(part) ??
      optionOfEveryList[part] ??
      `--${part.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    if (optionsOfCommand.includes(flag)) return flag + index;
  }
  if (parts.includes('command') && optionsOfCommand.includes('--script')) return `the command after --${index}`;
  return oneLine(parts.join('.')) + index;
}
