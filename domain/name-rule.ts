import { z } from 'zod';
import { because } from './reasons.ts';
import { faultBecause } from './schema-fault.ts';

/**
 * What names are found by and unique by: names that differ only in case, or in the form in which Unicode writes the same
 * letters, are one name. A name itself keeps its case. Rows keep this key: whoever changes the rule writes a migration.
 */
export function nameKey(name: string): string {
  // By way of the capital, which some letters share (ς and σ), and which is none of its own for others (ß and ẞ are SS).
  return small(small(name.normalize('NFC')).toUpperCase()).normalize('NFC');
}

/** Letter by letter: none depends on what it stands beside. */
function small(text: string): string {
  return Array.from(text, (letter) => letter.toLowerCase()).join('');
}

/**
 * A name of 1–63 letters and digits of any script, with their marks (Thai and Hindi are written with them), and the signs in
 * `signs`; it begins with a letter or digit. Letters that nobody sees are none. It is kept in the form NFC.
 */
export function nameSchema(signs: '-_' | '.-_') {
  return z
    .string()
    .max(mostLetters, { abort: true })
    .normalize('NFC')
    .refine((name) => isName(name, signs), faultBecause(because('not-a-name', { signs: [...signs].join(' ') })));
}

/** Before its form is looked at: normalizing takes time that grows with the square of the marks on one letter. */
const mostLetters = 1_024;

/** Whether `name`, in the form NFC, is such a name. */
export function isName(name: string, signs: '-_' | '.-_'): boolean {
  return signs === '-_' ? plainName.test(name) : dottedName.test(name);
}

const plainName = /^(?!\p{DI})[\p{L}\p{N}](?:(?!\p{DI})[\p{L}\p{M}\p{N}_-]){0,62}$/u;
const dottedName = /^(?!\p{DI})[\p{L}\p{N}](?:(?!\p{DI})[\p{L}\p{M}\p{N}._-]){0,62}$/u;
