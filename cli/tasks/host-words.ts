import { isHostWord } from '#domain/agents/host-word.ts';
import { because } from '#domain/reasons.ts';
import { inEnglish } from '#words/english.ts';
import { usageFault } from '../kernel/fault.ts';

/** Odd words told at most. */
const most = 5;

/** The hosts that `--host` names, each time some joined by commas. */
export function hostsOfOption(given: readonly string[]): string[] {
  const words = given.flatMap((names) => names.split(',')).flatMap((name) => name.trim() || []);
  if (words.length === 0) throw usageFault('--host', 'names no host');
  refuseOdd(
    '--host',
    words.map((word) => ({ word, where: '' })),
  );
  return words;
}

/** The hosts of a file: apart by lines, blanks and commas; what follows a `#` is a comment. Other words are refused, each by name. */
export function hostsOfFile(text: string, file: string): string[] {
  const words = text.split('\n').flatMap((line, index) =>
    line
      .replace(/#.*/, '')
      .split(/[\s,]+/)
      .filter(Boolean)
      .map((word) => ({ word, where: `${file}:${index + 1}: ` })),
  );
  if (words.length === 0) throw usageFault('--hosts-file', `${file} names no host`);
  refuseOdd('--hosts-file', words);
  return words.map(({ word }) => word);
}

function refuseOdd(option: string, words: readonly { readonly word: string; readonly where: string }[]): void {
  const odd = words.filter(({ word }) => !isHostWord(word));
  if (odd.length === 0) return;
  const told = odd.slice(0, most).map(({ word, where }) => where + inEnglish(because('not-a-host', { host: word })));
  const rest = odd.length > most ? `; ${odd.length - most} more` : '';
  throw usageFault(option, told.join('; ') + rest);
}
