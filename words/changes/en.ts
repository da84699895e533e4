import type { changeNames } from '#domain/changes/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'unknown-kind': "there is no kind of change '{kind}': one of {known}",
  'change-forbidden': 'Policy forbids {kind} on a node concerned. Ask an administrator to change the policy.',
  'protected-by-policy':
    'The policy of {node} for {kind} protects this, so only those who may edit policies can do it. Ask an administrator.',
  'protected-everywhere':
    'The policy of the whole tree for {kind} protects this, so only those who may edit policies can do it. Ask an administrator.',
  'no-such-policy': 'No policy for {kind} is set here.',
  'nobody-can-approve': 'names nobody who can approve',
  'too-few-can-approve': 'names {people} who can approve, of {needed} needed',
  'steps-need-a-ticket': 'only mode ticket asks for approval, not {mode}',
  'escalates-to-nobody': 'name somebody to escalate to',
  'run-time-in-the-past': 'is in the past',
  'expiry-in-the-past': 'is in the past',
  'expires-before-it-runs': 'must be after runAt',
  'policy-asks-again': 'policy asks for another approval by now',
  'kind-means-something-else': 'this kind of change means something else by now',
} satisfies ReasonWords<typeof changeNames>;
