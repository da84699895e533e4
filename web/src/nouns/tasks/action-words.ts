import type { TaskAction } from '#domain/tasks/task.ts';
import { type Phrase, say } from '#web/lib/i18n/index.svelte.ts';

const words: Readonly<Record<TaskAction, Phrase>> = {
  pause: { en: 'Pause', zh: '暂停' },
  continue: { en: 'Continue', zh: '继续' },
  kill: { en: 'Kill', zh: '终止' },
  'retry-failed': { en: 'Retry failed', zh: '重试失败主机' },
};

/** The verb of an action of a task, as it stands on its button. */
export function taskActionWord(action: TaskAction): string {
  return say(words[action]);
}
