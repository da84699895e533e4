import type { HostRunGroup, HostRunState } from '#domain/tasks/host-run.ts';
import type { TaskState } from '#domain/tasks/task.ts';
import type { StateWord } from '#web/lib/ui/state-words.ts';

/** The states of a task as people see them. */
export const taskStates: Readonly<Record<TaskState, StateWord>> = {
  'awaiting-approval': { word: { en: 'Awaiting approval', zh: '待审批' }, tone: 'warn', icon: 'wait' },
  submitted: { word: { en: 'Submitted', zh: '已提交' }, tone: 'idle', icon: 'queue' },
  running: { word: { en: 'Running', zh: '执行中' }, tone: 'info', icon: 'run' },
  paused: { word: { en: 'Paused', zh: '已暂停' }, tone: 'warn', icon: 'pause' },
  killing: { word: { en: 'Killing', zh: '终止中' }, tone: 'danger', icon: 'run' },
  succeeded: { word: { en: 'Succeeded', zh: '成功' }, tone: 'ok', icon: 'ok' },
  failed: { word: { en: 'Failed', zh: '失败' }, tone: 'danger', icon: 'fail' },
  killed: { word: { en: 'Killed', zh: '已终止' }, tone: 'idle', icon: 'stop' },
  refused: { word: { en: 'Refused', zh: '未获批准' }, tone: 'idle', icon: 'stop' },
};

/** The states of a host run, and the groups that people see. */
export const hostStates: Readonly<Record<HostRunState | HostRunGroup, StateWord>> = {
  pending: { word: { en: 'Waiting', zh: '等待中' }, tone: 'idle', icon: 'wait' },
  ready: { word: { en: 'Waiting', zh: '等待中' }, tone: 'idle', icon: 'wait' },
  dispatched: { word: { en: 'Queued', zh: '已下发' }, tone: 'info', icon: 'queue' },
  running: { word: { en: 'Running', zh: '执行中' }, tone: 'info', icon: 'run' },
  killing: { word: { en: 'Killing', zh: '终止中' }, tone: 'danger', icon: 'run' },
  succeeded: { word: { en: 'Succeeded', zh: '成功' }, tone: 'ok', icon: 'ok' },
  failed: { word: { en: 'Failed', zh: '失败' }, tone: 'danger', icon: 'fail' },
  timed_out: { word: { en: 'Timed out', zh: '超时' }, tone: 'danger', icon: 'fail' },
  timedOut: { word: { en: 'Timed out', zh: '超时' }, tone: 'danger', icon: 'fail' },
  killed: { word: { en: 'Killed', zh: '已终止' }, tone: 'idle', icon: 'stop' },
  lost: { word: { en: 'Unknown', zh: '状态未知' }, tone: 'warn', icon: 'unknown' },
  revoked: { word: { en: 'Cancelled', zh: '已取消' }, tone: 'idle', icon: 'stop' },
  buried: { word: { en: 'Closed', zh: '已结案' }, tone: 'idle', icon: 'stop' },
};
