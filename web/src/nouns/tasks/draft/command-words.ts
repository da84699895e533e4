/** A command line as words, or why it has none: a quote that is not closed, a `\` at the end. */
export type CommandWords =
  | { readonly words: readonly string[]; readonly fault?: never }
  | { readonly words?: never; readonly fault: 'unclosed-quote' | 'trailing-backslash' };

/**
 * Splits a command line into words as a shell would: quotes and `\` keep spaces together. Nothing else is special, as no
 * shell will run it: `$HOME`, `|` and `*` stay the characters they are.
 */
export function splitCommand(text: string): CommandWords {
  const words: string[] = [];
  let word: string | undefined;
  let quote: '"' | "'" | undefined;
  for (let at = 0; at < text.length; at++) {
    const character = text.charAt(at);
    const next = text[at + 1];
    if (quote === "'") {
      if (character === "'") quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '\\') {
      if (next === undefined) return { fault: 'trailing-backslash' };
      const keepsBackslash = quote === '"' && !'"\\$`'.includes(next);
      word = (word ?? '') + (keepsBackslash ? character + next : next);
      at++;
    } else if (quote === '"') {
      if (character === '"') quote = undefined;
      else word = (word ?? '') + character;
    } else if (character === '"' || character === "'") {
      quote = character;
      word ??= '';
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? '') + character;
    }
  }
  if (quote !== undefined) return { fault: 'unclosed-quote' };
  if (word !== undefined) words.push(word);
  return { words };
}

/**
 * Words that only a shell would understand: whoever writes them means a script. Words in quotes are meant to the letter.
 */
export function shellOnlyWords(text: string): readonly string[] {
  return text
    .replaceAll(/'[^']*'|"(?:\\.|[^"\\])*"|\\./g, '')
    .split(/\s+/)
    .filter((word) => /^(\||\|\||&|&&|;|\d?>{1,2}|<{1,3})$|[;&]$|^\$|[*`]/.test(word));
}
