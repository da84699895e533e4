import type { OperationRefusal } from '#domain/tasks/ports.ts';
import type { TicketRefusal } from '#domain/tickets/ticket.ts';
import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';

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
