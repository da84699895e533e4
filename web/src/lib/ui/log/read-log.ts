import { ansiHtml } from './ansi-html.ts';
import { cleanLine, coloursAfter, plainText } from './terminal-text.ts';

/** Longer lines are cut when they are shown; they are whole in the download. */
const longestShownLine = 20_000;

/** Output, line by line. Lines are counted from 0 here and from 1 for people. */
export interface Log {
  readonly count: number;
  /** What a line says, without colours. */
  text(line: number): string;
  /** A line with its colours, as safe HTML. */
  html(line: number): string;
}

/** Reads output of any length: lines are cleaned and coloured only when they are asked for. */
export function readLog(text: string): Log {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const carried = text.includes('\u001B[') ? carriedColours(lines) : undefined;

  const lineAt = (line: number) => cut(lines[line] ?? '');
  return {
    count: lines.length,
    text: (line) => plainText(cleanLine(lineAt(line))),
    html: (line) => ansiHtml((carried?.get(line) ?? '') + cleanLine(lineAt(line))),
  };
}

function cut(line: string): string {
  return line.length > longestShownLine ? `${line.slice(0, longestShownLine)}…` : line;
}

/** The colours that each line begins with, where there are any. */
function carriedColours(lines: readonly string[]): ReadonlyMap<number, string> {
  const carried = new Map<number, string>();
  let carry = '';
  lines.forEach((line, index) => {
    if (carry !== '') carried.set(index, carry);
    if (line.includes('\u001B')) carry = coloursAfter(line, carry);
  });
  return carried;
}

/** The lines that hold `words`, in any case of letters. */
export function findLines(log: Log, words: string): readonly number[] {
  const wanted = words.toLowerCase();
  if (wanted === '') return [];
  const found: number[] = [];
  for (let line = 0; line < log.count; line += 1) {
    if (log.text(line).toLowerCase().includes(wanted)) found.push(line);
  }
  return found;
}
