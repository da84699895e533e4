/** A value shorter than this, in bytes, is not masked: it would be found everywhere. */
export const leastMaskedBytes = 4;
/** Single lines of a value shorter than this are not masked by themselves. */
const leastLineBytes = 8;
/** Of a value with more lines than these, each is looked for as it is only. */
const mostSpelledLines = 256;

/**
 * Everything by which values are known in what a run prints: each as a whole, without the white space around it, and line
 * by line; and of each of these all the spellings of {@link spellingsOf}. What a script makes of a value otherwise (turned
 * around, cut into pieces, compressed, encrypted) nobody can know.
 */
export function needlesOf(values: readonly string[]): Buffer[] {
  const needles = new Set<string>();
  for (const value of values) {
    for (const part of [value, value.trim()]) for (const spelling of spellingsOf(part)) needles.add(spelling);
    const lines = linesOf(value);
    for (const line of lines) {
      for (const spelling of lines.length > mostSpelledLines ? [line] : spellingsOf(line)) needles.add(spelling);
    }
  }
  return [...needles]
    .map((needle) => Buffer.from(needle, 'utf8'))
    .filter((needle) => needle.length >= leastMaskedBytes);
}

function linesOf(value: string): string[] {
  const lines = value.split(/[\r\n]+/).map((line) => line.trim());
  return lines.length < 2 ? [] : lines.filter((line) => Buffer.byteLength(line) >= leastLineBytes);
}

/** A text as programs write it: as it is, in base64, hexadecimal, percent and entities, and as JSON and shells quote it. */
function spellingsOf(text: string): string[] {
  if (Buffer.byteLength(text) < leastMaskedBytes) return [];
  const bytes = Buffer.from(text, 'utf8');
  const json = JSON.stringify(text).slice(1, -1);
  const percent = encodeURIComponent(text.toWellFormed());
  const strict = percent.replaceAll(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return [
    text,
    text.toLowerCase(),
    text.toUpperCase(),
    // As a template or a build file escapes what would be a variable.
    text.replaceAll('$', '$$$$'),
    json,
    json.replaceAll('/', '\\/'),
    json.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
    ...[percent, strict, strict.replaceAll('%20', '+')].flatMap((one) => [
      one,
      one.replaceAll(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
    ]),
    // `export -p` and `set` of dash and bash, `set -x` and `printf %q` of bash.
    text.replaceAll("'", `'\\''`),
    text.replaceAll("'", `'"'"'`),
    text.replaceAll(/["\\$`]/g, String.raw`\$&`),
    text.replaceAll(/[\s!"$&'()*,;<>?[\\\]^`{|}]|^[#~]/g, String.raw`\$&`),
    json.replaceAll('\\"', '"').replaceAll("'", "\\'"),
    text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;'),
    ...['&#39;', '&#x27;', '&apos;'].map((quote) => entities(text, quote)),
    bytes.toString('hex'),
    bytes.toString('hex').toUpperCase(),
    ...base64Of(bytes),
  ];
}

function entities(text: string, quote: string): string {
  const marks: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": quote };
  return text.replaceAll(/[&<>"']/g, (mark) => marks[mark] ?? mark);
}

/**
 * What is always the same of a text in base64, wherever among three bytes it begins; both alphabets; and the lines into
 * which base64(1) and PEM cut it where it stands alone.
 */
function base64Of(bytes: Buffer): string[] {
  const stable = [0, 1, 2].map((before) => {
    const all = Buffer.concat([Buffer.alloc(before), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    // A character of base64 is six bits: those that share bits with what stands before or after are left out.
    return all.slice(Math.ceil((before * 8) / 6), Math.floor(((before + bytes.length) * 8) / 6));
  });
  const [alone = ''] = stable;
  const lines = [76, 64].flatMap((width) =>
    alone.length <= width ? [] : (alone.match(new RegExp(`.{1,${width}}`, 'g')) ?? []),
  );
  const found = [...stable, ...lines.filter((line) => line.length >= leastMaskedBytes)];
  return found.flatMap((text) => [text, text.replaceAll('+', '-').replaceAll('/', '_')]);
}
