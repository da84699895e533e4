import type { Refusal } from '../client/refusal.ts';
import { oneLine } from './text.ts';
import type { Paint } from './paint.ts';

/** Fields of the API that have an option of another name. */
const optionNames: Record<string, string> = {
  onError: '--on-error',
  runAs: '--run-as',
  workDir: '--work-dir',
  timeoutMs: '--timeout',
  hosts: '--host',
  nodes: '--node',
  args: '--arg',
  command: 'the command after --',
};

/** Answers that are shown otherwise, or that say nothing to people. */
const shownElsewhere = new Set(['type', 'title', 'status', 'detail', 'code', 'reason', 'errors', 'requestId']);

/** A refusal for people: the sentence, a line per wrong field under the name of its option, what it adds, the request's id. */
export function renderRefusal(refusal: Refusal, options: { paint: Paint; optionsOfCommand: readonly string[] }): string {
  const { paint, optionsOfCommand } = options;
  const lines = [`${paint('bad', 'refused')}: ${oneLine(refusal.message)}${refusal.reason === undefined ? '' : ` (${oneLine(refusal.reason)})`}`];
  for (const { field, message } of refusal.fields) lines.push(`  ${optionOf(field, optionsOfCommand)}: ${oneLine(message)}`);
  for (const [name, value] of Object.entries(refusal.answer)) {
    if (!shownElsewhere.has(name)) lines.push(`  ${name}: ${oneLine(typeof value === 'string' ? value : JSON.stringify(value))}`);
  }
  if (refusal.code === 'unauthenticated') lines.push('The token is unknown, expired or revoked.');
  if (refusal.requestId !== undefined) lines.push(paint('quiet', `request ${refusal.requestId}`));
  return lines.map((line) => `${line}\n`).join('');
}

/** `payload.timeoutMs` → `--timeout`, `hosts.3` → `--host (number 4)`. */
function optionOf(field: string, optionsOfCommand: readonly string[]): string {
  const parts = field.split('.');
  const index = /^\d+$/.test(parts.at(-1) ?? '') ? Number(parts.pop()) : undefined;
  const name = parts.findLast((part) => part !== 'payload' && part !== 'strategy') ?? field;
  const flag = optionNames[name] ?? `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
  const shown = !flag.startsWith('--') || optionsOfCommand.includes(flag) ? flag : oneLine(name);
  return index === undefined ? shown : `${shown} (number ${index + 1})`;
}
