import { stripVTControlCharacters } from 'node:util';

/** Text from elsewhere, safe on a terminal: one line, no control characters. */
export function oneLine(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim();
}

/** Columns that a text takes on a terminal: East Asian wide characters take two, marks none. */
export function textWidth(text: string): number {
  let width = 0;
  for (const character of stripVTControlCharacters(text)) {
    if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character)) continue;
    width += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  }
  return width;
}

/** Unicode East Asian Width W and F, as far as terminals draw them wide. */
function isWide(code: number): boolean {
  return (
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf && code !== 0x303f) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0xffe0 && code <= 0xffe6) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  );
}

/** `a, b, c and 49,997 more`: names of which there are `count`. Undefined `most`: as many as are there. */
export function namesOf(names: readonly string[], count: number, most = names.length): string {
  const shown = names.slice(0, most);
  const more = count - shown.length;
  return shown.join(', ') + (more > 0 ? ` and ${more.toLocaleString('en')} more` : '');
}

/** Fills with blanks on the right up to `width` columns. */
export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - textWidth(text)));
}

/** `3.2 s`, `850 ms`, `4 min 10 s`; `-` for null. */
export function duration(ms: number | null | undefined): string {
  if (ms === null || ms === undefined) return '-';
  if (ms < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** An ISO time of the API as local time for people; `-` for null. */
export function localTime(iso: string | null | undefined): string {
  if (iso === null || iso === undefined) return '-';
  const at = new Date(iso);
  if (Number.isNaN(at.getTime())) return oneLine(iso);
  const two = (n: number) => String(n).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `${day} ${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`;
}

/** Output of a script, safe on a terminal: colours stay, whatever moves the cursor or talks to the terminal goes. */
export function terminalText(text: string): string {
  const kept: string[] = [];

  const rest = text.replace(/\u001b\[[0-9;]*m/g, (colour) => {
    kept.push(colour);
    return '\uE000';
  });
  let next = 0;
  return stripVTControlCharacters(rest)
    .replace(/\r\n/g, '\n')

    .replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, '')
    .replace(/\uE000/g, () => kept[next++] ?? '');
}
