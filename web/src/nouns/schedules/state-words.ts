import type { ChangeState } from '#domain/changes/change-kind.ts';
import type { FiringState } from '#domain/schedules/schedule.ts';
import type { StateWord } from '#web/lib/ui/state-words.ts';

/** What became of a firing, as people see it. */
export const firingStateWords: Readonly<Record<FiringState, StateWord>> = {
  started: { word: { en: 'Started', zh: '已启动' }, tone: 'ok', icon: 'ok' },
  queued: { word: { en: 'Queued', zh: '排队中' }, tone: 'info', icon: 'queue' },
  skipped: { word: { en: 'Skipped', zh: '已跳过' }, tone: 'idle', icon: 'stop' },
  missed: { word: { en: 'Missed', zh: '已错过' }, tone: 'warn', icon: 'wait' },
  refused: { word: { en: 'Refused', zh: '被拒绝' }, tone: 'danger', icon: 'fail' },
};

/** How what a firing has started stands. */
export const startedStateWords: Readonly<Record<ChangeState, StateWord>> = {
  proposed: { word: { en: 'Awaiting approval', zh: '待审批' }, tone: 'warn', icon: 'wait' },
  applying: { word: { en: 'Running', zh: '执行中' }, tone: 'info', icon: 'run' },
  done: { word: { en: 'Succeeded', zh: '成功' }, tone: 'ok', icon: 'ok' },
  failed: { word: { en: 'Failed', zh: '失败' }, tone: 'danger', icon: 'fail' },
  refused: { word: { en: 'Not approved', zh: '未获批准' }, tone: 'idle', icon: 'stop' },
};
