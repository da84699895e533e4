/** Where a text stops being JSON; lines and columns are counted from 1, `found` is absent at its end. */
export interface JsonFault {
  readonly line: number;
  readonly column: number;
  readonly found?: string;
}

const token =
  /[{}[\],:]|"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[\da-fA-F]{4}))*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;
const space = /[ \t\n\r]*/y;

type Expected = 'value' | 'value-or-end' | 'name' | 'name-or-end' | 'colon' | 'comma-or-end' | 'end';

/** The first place at which no JSON could go on like this; undefined where the text is JSON. */
export function jsonFault(text: string): JsonFault | undefined {
  const open: string[] = [];
  let expected: Expected = 'value';
  let at = skipSpace(text, 0);
  while (at < text.length) {
    token.lastIndex = at;
    const word = token.exec(text)?.[0];
    const next: Expected | undefined = word === undefined ? undefined : after(word, expected, open);
    if (word === undefined || next === undefined) return placeOf(text, at);
    expected = next;
    at = skipSpace(text, at + word.length);
  }
  return expected === 'end' ? undefined : placeOf(text, text.length);
}

/** What may follow a token, undefined where it may not be there; opens and closes brackets in `open`. */
function after(word: string, expected: Expected, open: string[]): Expected | undefined {
  switch (expected) {
    case 'end':
      return undefined;
    case 'colon':
      return word === ':' ? 'value' : undefined;
    case 'comma-or-end':
      if (word === ',') return open.at(-1) === '{' ? 'name' : 'value';
      return closes(word, open) ? afterValue(open) : undefined;
    case 'name-or-end':
    case 'name':
      if (word.startsWith('"')) return 'colon';
      return expected === 'name-or-end' && closes(word, open) ? afterValue(open) : undefined;
    case 'value-or-end':
    case 'value':
      if (word === '{' || word === '[') {
        open.push(word);
        return word === '{' ? 'name-or-end' : 'value-or-end';
      }
      if (word === ']' && expected === 'value-or-end' && closes(word, open)) return afterValue(open);
      return /^[}\],:]$/.test(word) ? undefined : afterValue(open);
  }
}

function closes(word: string, open: string[]): boolean {
  if (word !== (open.at(-1) === '{' ? '}' : ']') || open.length === 0) return false;
  open.pop();
  return true;
}

function afterValue(open: readonly string[]): Expected {
  return open.length === 0 ? 'end' : 'comma-or-end';
}

function skipSpace(text: string, at: number): number {
  space.lastIndex = at;
  return at + (space.exec(text)?.[0].length ?? 0);
}

function placeOf(text: string, at: number): JsonFault {
  const before = text.slice(0, at).split('\n');
  const found = text.slice(at).match(/^[\p{L}\p{N}_]{1,20}|^[^]/u)?.[0];
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1, ...(found === undefined ? {} : { found }) };
}
