import type { AgentState } from '#domain/agents/agent.ts';
import type { HostRunGroup, HostRunState } from '#domain/tasks/host-run.ts';
import type { OperationRefusal } from '#domain/tasks/ports.ts';
import type { TaskAction, TaskState } from '#domain/tasks/task.ts';
import type { TicketAction, TicketRefusal, TicketState } from '#domain/tickets/ticket.ts';
import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';
import type { Tone } from './tone.ts';

export type StateKind = 'task' | 'host' | 'ticket' | 'agent' | 'step';
/** The pictures of states; Status draws them. */
export type StateIcon = 'wait' | 'queue' | 'run' | 'pause' | 'ok' | 'fail' | 'stop' | 'unknown' | 'calendar' | 'dot';

interface StateWord {
  readonly word: MessageKey;
  readonly tone: Tone;
  readonly icon: StateIcon;
}

const say = (word: MessageKey, tone: Tone, icon: StateIcon): StateWord => ({ word, tone, icon });

const task: Record<TaskState, StateWord> = {
  'awaiting-approval': say('ui.taskAwaitingApproval', 'warn', 'wait'),
  submitted: say('ui.taskSubmitted', 'idle', 'queue'),
  running: say('ui.taskRunning', 'info', 'run'),
  paused: say('ui.taskPaused', 'warn', 'pause'),
  killing: say('ui.taskKilling', 'danger', 'run'),
  succeeded: say('ui.taskSucceeded', 'ok', 'ok'),
  failed: say('ui.taskFailed', 'danger', 'fail'),
  killed: say('ui.taskKilled', 'idle', 'stop'),
  refused: say('ui.taskRefused', 'idle', 'stop'),
};

const host: Record<HostRunState | HostRunGroup, StateWord> = {
  pending: say('ui.hostPending', 'idle', 'wait'),
  ready: say('ui.hostReady', 'idle', 'wait'),
  dispatched: say('ui.hostDispatched', 'info', 'queue'),
  running: say('ui.hostRunning', 'info', 'run'),
  killing: say('ui.hostKilling', 'danger', 'run'),
  succeeded: say('ui.hostSucceeded', 'ok', 'ok'),
  failed: say('ui.hostFailed', 'danger', 'fail'),
  timed_out: say('ui.hostTimedOut', 'danger', 'fail'),
  timedOut: say('ui.hostTimedOut', 'danger', 'fail'),
  killed: say('ui.hostKilled', 'idle', 'stop'),
  lost: say('ui.hostLost', 'warn', 'unknown'),
  revoked: say('ui.hostRevoked', 'idle', 'stop'),
  buried: say('ui.hostBuried', 'idle', 'stop'),
};

const ticket: Record<TicketState, StateWord> = {
  pending: say('ui.ticketPending', 'warn', 'wait'),
  approved: say('ui.ticketApproved', 'info', 'ok'),
  scheduled: say('ui.ticketScheduled', 'info', 'calendar'),
  applying: say('ui.ticketApplying', 'info', 'run'),
  done: say('ui.ticketDone', 'ok', 'ok'),
  failed: say('ui.ticketFailed', 'danger', 'fail'),
  rejected: say('ui.ticketRejected', 'danger', 'fail'),
  withdrawn: say('ui.ticketWithdrawn', 'idle', 'stop'),
  expired: say('ui.ticketExpired', 'idle', 'stop'),
};

const agent: Record<AgentState, StateWord> = {
  online: say('ui.agentOnline', 'ok', 'dot'),
  offline: say('ui.agentOffline', 'idle', 'unknown'),
  revoked: say('ui.agentRevoked', 'danger', 'stop'),
};

const step: Record<'passed' | 'current' | 'waiting', StateWord> = {
  passed: say('ui.stepPassed', 'ok', 'ok'),
  current: say('ui.stepCurrent', 'info', 'dot'),
  waiting: say('ui.stepWaiting', 'idle', 'wait'),
};

const words: Record<StateKind, Readonly<Record<string, StateWord>>> = { task, host, ticket, agent, step };
const unknown = say('ui.stateUnknown', 'idle', 'unknown');

function wordOf(kind: StateKind, state: string): StateWord {
  return words[kind][state] ?? unknown;
}

/** What a state is called; a state that this version does not know is said as it is. */
export function stateWord(kind: StateKind, state: string): string {
  return state in words[kind] ? t(wordOf(kind, state).word) : state;
}

export function stateTone(kind: StateKind, state: string): Tone {
  return wordOf(kind, state).tone;
}

export function stateIcon(kind: StateKind, state: string): StateIcon {
  return wordOf(kind, state).icon;
}

const actions: Record<TaskAction | TicketAction, MessageKey> = {
  pause: 'ui.actionPause',
  continue: 'ui.actionContinue',
  kill: 'ui.actionKill',
  'retry-failed': 'ui.actionRetryFailed',
  approve: 'ui.actionApprove',
  reject: 'ui.actionReject',
  withdraw: 'ui.actionWithdraw',
  comment: 'ui.actionComment',
  transfer: 'ui.actionTransfer',
  'add-approver': 'ui.actionAddApprover',
  resubmit: 'ui.actionResubmit',
  complete: 'ui.actionComplete',
};

/** The verb of an action of a task or ticket, as it stands on its button. */
export function actionWord(action: string): string {
  const key = (actions as Readonly<Record<string, MessageKey>>)[action];
  return key === undefined ? action : t(key);
}

const operationReasons: Record<OperationRefusal | TicketRefusal, MessageKey> = {
  'task-ended': 'ui.reasonTaskEnded',
  'awaiting-approval': 'ui.reasonAwaitingApproval',
  'already-paused': 'ui.reasonAlreadyPaused',
  'not-paused': 'ui.reasonNotPaused',
  'kill-already-requested': 'ui.reasonKillAlreadyRequested',
  'nothing-to-retry': 'ui.reasonNothingToRetry',
  'needs-new-ticket': 'ui.reasonNeedsNewTicket',
  'needs-approval': 'ui.reasonNeedsApproval',
  'change-forbidden': 'ui.reasonChangeForbidden',
  'no-such-operation': 'ui.reasonNoSuchOperation',
  'ticket-ended': 'ui.reasonTicketEnded',
  'already-applying': 'ui.reasonAlreadyApplying',
  'self-approval': 'ui.reasonSelfApproval',
  'not-an-approver': 'ui.reasonNotAnApprover',
  'already-decided': 'ui.reasonAlreadyDecided',
  'stale-content': 'ui.reasonStaleContent',
  'not-the-requester': 'ui.reasonNotTheRequester',
  'not-pending': 'ui.reasonNotPending',
  'no-such-step': 'ui.reasonNoSuchStep',
  'no-such-user': 'ui.reasonNoSuchUser',
  'already-an-approver': 'ui.reasonAlreadyAnApprover',
  'nothing-to-complete': 'ui.reasonNothingToComplete',
};

const otherReasons: Readonly<Record<string, MessageKey>> = {
  forbidden: 'ui.reasonForbidden',
  unauthenticated: 'ui.reasonUnauthenticated',
  'password-change-required': 'ui.reasonPasswordChangeRequired',
  'too-many-requests': 'ui.reasonTooManyRequests',
  'already-revoked': 'ui.reasonAlreadyRevoked',
  revoked: 'ui.reasonRevoked',
  'cross-site': 'ui.reasonCrossSite',
  cycle: 'ui.reasonCycle',
  'database-away': 'ui.reasonDatabaseAway',
  'delivery-pending': 'ui.reasonDeliveryPending',
  'has-children': 'ui.reasonHasChildren',
  'is-leaf': 'ui.reasonIsLeaf',
  'not-empty': 'ui.reasonNotEmpty',
  'last-admin': 'ui.reasonLastAdmin',
  'media-type': 'ui.reasonMediaType',
  'name-taken': 'ui.reasonNameTaken',
  'newer-version': 'ui.reasonNewerVersion',
  'no-change': 'ui.reasonNoChange',
  'no-such-delivery': 'ui.reasonNoSuchDelivery',
  'no-such-host': 'ui.reasonNoSuchHost',
  'no-such-node': 'ui.reasonNoSuchNode',
  'no-such-policy': 'ui.reasonNoSuchPolicy',
  'no-such-script': 'ui.reasonNoSuchScript',
  'no-such-task': 'ui.reasonNoSuchTask',
  'no-such-ticket': 'ui.reasonNoSuchTicket',
  'no-such-version': 'ui.reasonNoSuchVersion',
  'no-such-webhook': 'ui.reasonNoSuchWebhook',
  'nobody-can-approve': 'ui.reasonNobodyCanApprove',
  resubmitted: 'ui.reasonResubmitted',
  starting: 'ui.reasonStarting',
  'unknown-kind': 'ui.reasonUnknownKind',
  'webhook-disabled': 'ui.reasonWebhookDisabled',
};

const reasons: Readonly<Record<string, MessageKey>> = { ...otherReasons, ...operationReasons };

/** A stable refusal word as a sentence: what it means and what to do next. `fallback` for words without one. */
export function reasonWord(reason: string | null | undefined, fallback = ''): string {
  const key = reason === null || reason === undefined ? undefined : reasons[reason];
  if (key !== undefined) return t(key);
  return fallback === '' ? (reason ?? '') : fallback;
}
