import type { TaskDetail } from '#web/nouns/tasks/client.ts';
import { type ChosenHost, emptyDraft, type InterpreterChoice, type TaskDraft, type TimeUnit } from './draft.ts';
import { shellQuote } from '#web/lib/shell-quote.ts';

type Repeatable = Pick<TaskDetail, 'title' | 'payload' | 'strategy'>;

/** A draft that runs a task again, on the hosts that it had, in their order. Its run time is not repeated. */
export function draftOfTask(task: Repeatable, hosts: readonly ChosenHost[]): TaskDraft {
  const { payload, strategy } = task;
  return {
    ...emptyDraft,
    title: task.title,
    source: payload.command === undefined ? 'script' : 'command',
    script: payload.script ?? '',
    command: (payload.command ?? []).map(shellQuote).join(' '),
    ...interpreterFields(payload.interpreter),
    args: payload.args,
    env: Object.entries(payload.env).map(([name, value]) =>
      typeof value === 'string' ? { name, value } : { name, value: '', secret: value },
    ),
    workDir: payload.workDir ?? '',
    runAs: payload.runAs ?? '',
    targetBy: 'machines',
    machines: hosts,
    ...(strategy.concurrency === undefined
      ? {}
      : { concurrency: 'limit' as const, concurrencyLimit: String(strategy.concurrency) }),
    ...timeoutFields(payload.timeoutMs),
    ...onErrorFields(strategy.onError),
  };
}

/** The choice and the free field that stand for an interpreter. */
export function interpreterFields(name: string | undefined): Pick<TaskDraft, 'interpreter' | 'otherInterpreter'> {
  if (name === undefined) return { interpreter: 'auto', otherInterpreter: '' };
  const known = (['bash', 'sh', 'python3'] as const satisfies readonly InterpreterChoice[]).find((one) => one === name);
  return known === undefined
    ? { interpreter: 'other', otherInterpreter: name }
    : { interpreter: known, otherInterpreter: '' };
}

/** In the largest unit that divides it; what is no whole number of seconds is rounded up. */
function timeoutFields(milliseconds: number): Pick<TaskDraft, 'timeout' | 'timeoutUnit'> {
  const total = Math.max(1, Math.ceil(milliseconds / 1000));
  const [unit, length]: [TimeUnit, number] = total % 3600 === 0 ? ['h', 3600] : total % 60 === 0 ? ['m', 60] : ['s', 1];
  return { timeout: String(total / length), timeoutUnit: unit };
}

function onErrorFields(onError: string): Partial<Pick<TaskDraft, 'onError' | 'onErrorCount' | 'onErrorShare'>> {
  if (onError === 'stop' || onError === 'continue') return { onError };
  return onError.endsWith('%')
    ? { onError: 'share', onErrorShare: onError.slice(0, -1) }
    : { onError: 'count', onErrorCount: onError };
}
