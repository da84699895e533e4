import type { ApiProblem, FieldError } from '#web/lib/api/problem.ts';

/** Names, addresses or ids out of pasted text: by line, blank, comma or semicolon; each once, in their order. */
export function readMachineWords(text: string): string[] {
  return [...new Set(text.split(/[\s,;，；、]+/u).filter((word) => word !== ''))];
}

/** A word that the api did not take for a machine that may be bound, and why. */
export interface RefusedWord {
  readonly word: string;
  readonly fault: FieldError;
}

/** Which of the words sent were refused; empty where the refusal is not about single words. */
export function refusedWords(problem: ApiProblem, words: readonly string[]): RefusedWord[] {
  const refused = new Map<string, RefusedWord>();
  for (const fault of problem.errors) {
    const index = /^machines\.(\d+)$/.exec(fault.field)?.[1];
    const word = index === undefined ? undefined : words[Number(index)];
    if (word !== undefined && !refused.has(word)) refused.set(word, { word, fault });
  }
  return [...refused.values()];
}
