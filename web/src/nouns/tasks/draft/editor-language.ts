import type { TaskDraft } from './draft.ts';
import { interpreterOf, scriptTextOf } from './draft-input.ts';

/** How to colour the script of a draft: by its interpreter, else by its first line; shell where neither says. */
export function editorLanguage(draft: TaskDraft): 'shell' | 'python' | 'plaintext' {
  const interpreter = interpreterOf(draft) ?? firstLineInterpreter(scriptTextOf(draft) ?? '') ?? 'sh';
  if (/python[\d.]*$/.test(interpreter)) return 'python';
  return /(^|\/)(ba|da|k|z|a)?sh$/.test(interpreter) ? 'shell' : 'plaintext';
}

/** The program that `#!…` names, that behind `env` included. */
export function firstLineInterpreter(text: string): string | undefined {
  const line = /^#!\s*(\S.*)/.exec(text)?.[1];
  const [program, argument] = line?.split(/\s+/) ?? [];
  return program?.endsWith('/env') && argument !== undefined && !argument.startsWith('-') ? argument : program;
}
