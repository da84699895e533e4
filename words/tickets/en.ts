import type { ticketNames } from '#domain/tickets/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-ticket': 'There is no such ticket, or you may not see it.',
  'ticket-ended': 'The ticket has ended ({state}); nothing more can be decided on it.',
  'already-applying': 'What was approved is being carried out. It can no longer be withdrawn.',
  'self-approval': 'Somebody else than the requester has to decide (four eyes).',
  'not-an-approver': 'You are not an approver here. Ask an approver to hand it over to you or add you.',
  'already-decided': 'You have decided step {step} of this version already. Wait for the others, or write a comment.',
  'stale-content': 'The content is another one by now (version {version}). Look at it and decide again.',
  'not-the-requester': 'Only {requester} may do this.',
  'requester-or-admin-only': 'Only {requester} or an administrator may do this.',
  'not-concerned': 'Only the requester or an approver can tell how the step ended.',
  'not-pending': 'The ticket does not wait for a decision now ({state}).',
  'step-passed': 'Step {step} is approved already.',
  'not-at-step': 'The ticket is no longer at step {step}. Reload the page.',
  'cannot-be-revised': 'A change of kind {kind} cannot be asked for anew. Withdraw this one.',
  'no-such-step': 'There is no step {step}: the approval has {steps} in all.',
  'already-an-approver': '{user} can approve this step already.',
  'not-to-be-handed-to':
    'Policy means neither this step nor its escalation for {user}: only an administrator can add them.',
  'nothing-to-complete': 'There is no manual step to report on now.',
  'requester-gone': '{requester} is disabled or gone.',
  'request-refused': 'It cannot be asked for any more: {why}',
  'approval-awaited': 'step {step} of {steps}: {given} of {needed} approvals, waiting for {people}',
  'approval-awaited-of-any': 'step {step} of {steps}: {given} of {needed} approvals, waiting for any of {people}',
  'too-few-approvers':
    'too few people can approve this step: step {step} of {steps}: {given} of {needed} approvals, only these can decide: {people}',
  'no-approvers':
    'nobody can approve this step: step {step} of {steps}: {given} of {needed} approvals, and no enabled user is asked for it',
  'all-steps-approved': 'approved',
  'last-checks': 'approved: the last checks',
  'run-time-awaited': 'approved: runs at {time}',
  'being-carried-out': 'it is being carried out',
  'somebody-carries-it-out': 'somebody carries the step out',
  rejected: 'Rejected by {by}: {message}',
  withdrawn: 'Withdrawn by {by}',
  'withdrawn-because': 'Withdrawn by {by}: {message}',
  'step-timed-out': 'Step {step} was not decided in time',
  'escalated-step-timed-out': 'Step {step} was not decided in time, not even after it was escalated',
  'not-approved-in-time': 'Not approved before it expired at {time}',
  'not-run-in-time': 'Not run before it expired at {time}',
  'forbidden-by-now': 'Policy forbids it by now: {kind} on {node}',
  'forbidden-anywhere-by-now': 'Policy forbids it by now: {kind} on the whole tree',
  'altered-hash':
    'The content was altered after it was approved: the hash on the ticket is not the one of its version. It was not run',
  'altered-content':
    'The content was altered after it was approved: what was kept does not have the hash that was approved. It was not run',
  'altered-kind':
    'The content was altered after it was approved: the kind of the ticket is not the approved one. It was not run',
  'altered-run-time':
    'The content was altered after it was approved: the run time is not the approved one. It was not run',
  'altered-subject':
    'The content was altered after it was approved: what would run is not what was approved. It was not run',
  'altered-decision':
    'The content was altered after it was approved: the decision of {by} is for other content. It was not run',
  'subject-gone': 'What was approved is gone. It was not run',
  'approvers-gone': 'no longer an approver: {people}',
  'no-longer-an-approver': 'no longer an approver when it was to run',
  resubmitted: 'something else was asked for instead',
  'rejected-afterwards': 'rejected afterwards',
  'done-by': 'Done by {by}',
  'done-by-with-note': 'Done by {by}: {note}',
  'failed-by': 'Reported as failed by {by}',
  'failed-by-with-note': 'Reported as failed by {by}: {note}',
  'no-such-manual-step': 'There is no such step.',
} satisfies ReasonWords<typeof ticketNames>;
