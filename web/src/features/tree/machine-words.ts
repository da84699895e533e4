import type { ApiProblem } from '#web/lib/api/problem.ts';

/** Names, addresses or ids out of pasted text: by line, blank, comma or semicolon; each once, in their order. */
export function readMachineWords(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/u).filter((word) => word !== ''))];
}

/** A word that the api did not take for a machine that may be bound, and why. */
export interface RefusedWord {
  readonly word: string;
  /** `other`: only the api's own message tells. */
  readonly why: 'unknown' | 'ambiguous' | 'not-yours' | 'other';
  readonly message: string;
}

/** The api tells the cause of a wrong field only as a sentence. */
const causes: readonly { readonly why: RefusedWord['why']; readonly begins: RegExp }[] = [
  { why: 'unknown', begins: /^there is no machine / },
  { why: 'ambiguous', begins: /^'.*' names \d+ machines/ },
  { why: 'not-yours', begins: /^you may not bind this machine/ },
];

/** Which of the words sent were refused; empty where the refusal is not about single words. */
export function refusedWords(problem: ApiProblem, words: readonly string[]): RefusedWord[] {
  const refused = new Map<string, RefusedWord>();
  for (const error of problem.errors) {
    const index = /^machines\.(\d+)$/.exec(error.field)?.[1];
    const word = index === undefined ? undefined : words[Number(index)];
    if (word === undefined || refused.has(word)) continue;
    const why = causes.find(({ begins }) => begins.test(error.message))?.why ?? 'other';
    refused.set(word, { word, why, message: error.message });
  }
  return [...refused.values()];
}
