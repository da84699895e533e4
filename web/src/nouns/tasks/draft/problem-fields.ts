import type { ApiProblem, FieldError } from '#web/lib/api/problem.ts';
import type { TaskDraft } from './draft.ts';
import type { DraftField } from './draft-faults.ts';

/** What the api says is wrong with the fields of the form, each with all that was said of it. */
export function problemFields(
  problem: Pick<ApiProblem, 'errors'>,
  draft: Pick<TaskDraft, 'source' | 'targetBy'>,
  speak: (error: FieldError) => string,
): Partial<Record<DraftField, string>> {
  const fields: Partial<Record<DraftField, string>> = {};
  for (const error of problem.errors) {
    const ours = fieldOf(error.field.replace(/^task\./, ''), draft);
    if (ours === undefined) continue;
    const message = speak(error);
    const before = fields[ours];
    if (before === undefined) fields[ours] = message;
    else if (!before.split('; ').includes(message)) fields[ours] = `${before}; ${message}`;
  }
  return fields;
}

function fieldOf(path: string, draft: Pick<TaskDraft, 'source' | 'targetBy'>): DraftField | undefined {
  const [first = '', second] = path.split('.');
  switch (first) {
    case 'title':
    case 'command':
    case 'interpreter':
    case 'args':
    case 'env':
    case 'workDir':
    case 'runAs':
    case 'timeout':
    case 'runAt':
    case 'expiresAt':
      return first;
    case 'script':
      return draft.source;
    case 'target':
      return draft.targetBy;
    case 'strategy':
      return second === 'concurrency' ? 'concurrency' : 'onError';
    default:
      return undefined;
  }
}

/** What else a field of the form stands for in the draft than what has its name. */
const partsOf: Partial<Record<DraftField, readonly (keyof TaskDraft)[]>> = {
  interpreter: ['interpreter', 'otherInterpreter'],
  concurrency: ['concurrency', 'concurrencyLimit'],
  timeout: ['timeout', 'timeoutUnit'],
  onError: ['onError', 'onErrorCount', 'onErrorShare'],
  runAt: ['runAt', 'when'],
};

/** Whether a field is as it was, so that what was said of it still holds. */
export function isUntouched(field: DraftField, before: TaskDraft, now: TaskDraft): boolean {
  return (partsOf[field] ?? [field]).every((part) => before[part] === now[part]);
}
