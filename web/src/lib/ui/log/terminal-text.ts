/** The only sequences of a terminal that are kept: colours and weights. */
const sgr = /\u001B\[[\d;]*m/g;
/** Operating-system commands (titles, links, the clipboard), device strings: with their end, on one line. */
const strings = /\u001B[\]P^_X][^\u0007\u001B\u009C]*(?:\u0007|\u001B\\|\u009C)/g;
/** Moves of the cursor, erasures, modes; a sequence cut short goes too. */
const otherSequences =
  /\u001B\[[\u0020-\u003F]*(?:[\u0040-\u007E]|$)|\u001B[\u0020-\u002F]*[\u0030-\u005A\u005C-\u007E]/g;
/** What would be seen otherwise than it is: controls other than tab, marks that turn the direction of text. */
const unseen =
  /[\u0000-\u0008\u000A-\u001A\u001C-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFF9-\uFFFB]/g;

/** Whether there is anything to clean, beside colours. */
const special = /[\u0000-\u0008\u000A-\u001F\u007F-\u009F\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069\uFFF9-\uFFFB]/;

function picture(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x24_00 + code);
  return code === 0x7f ? '\u2421' : `⟦U+${code.toString(16).toUpperCase().padStart(4, '0')}⟧`;
}

/** What a line that was written over with carriage returns (a progress bar) says at its end. */
function afterLastReturn(line: string): string {
  if (!line.includes('\r')) return line;
  const parts = line.replace(/\r+$/, '').split('\r');
  const last = parts.pop() ?? '';
  return parts.join('').match(sgr)?.join('').concat(last) ?? last;
}

/**
 * One line of output with text and colours only. Every other sequence of a terminal is dropped (links too: their text
 * stays), and characters that hide or turn text are replaced by pictures of themselves.
 */
export function cleanLine(line: string): string {
  if (!special.test(line.includes('\u001B[') ? line.replace(sgr, '') : line)) return line;
  const withoutStrings = afterLastReturn(line).replace(strings, '');
  const withoutMoves = withoutStrings.replace(otherSequences, (sequence) => (sequence.match(sgr) ? sequence : ''));
  return withoutMoves.replace(/\u001B(?!\[[\d;]*m)/g, '').replace(unseen, picture);
}

/** The words of a clean line, without colours. */
export function plainText(clean: string): string {
  return clean.replace(sgr, '');
}

const longestCarry = 256;

/** The colours in force after a line, as the sequences that made them, where `before` were in force before it. */
export function coloursAfter(line: string, before: string): string {
  let carry = before;
  for (const [sequence] of line.matchAll(sgr)) {
    const codes = sequence.slice(2, -1);
    if (/^0*$/.test(codes)) carry = '';
    else carry = /^0*;/.test(codes) ? sequence : carry + sequence;
  }
  return carry.length <= longestCarry ? carry : (carry.slice(-longestCarry).match(sgr)?.join('') ?? '');
}
