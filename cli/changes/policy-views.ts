import type { ChangePreview, PolicyView } from '#api/changes/policies.contract.ts';
import type { Need } from '#domain/changes/policy.ts';
import type { Tones } from '../kernel/output/paint.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { duration, localTime } from '../kernel/output/text.ts';

type Approvers = PolicyView['escalateTo'];

/** `any of alice, @admin, the owners`: approvers as the command line takes them. */
export function describeApprovers(need: Need, names: readonly string[]): string {
  return names.length === 1 && need === 'any' ? names.join() : `${need} of ${names.join(', ') || 'nobody'}`;
}

function approverWords(approvers: Approvers): string[] {
  return approvers.map((approver) => {
    switch (approver.type) {
      case 'user':
        return approver.user;
      case 'role':
        return `@${approver.role}`;
      case 'owners':
        return 'owners';
    }
  });
}

function place(policy: PolicyView): string {
  return policy.version === 0 ? '(nothing set)' : nodeName(policy.node);
}

function approval(policy: PolicyView): string {
  if (policy.mode !== 'ticket') return '';
  return policy.steps.map(({ approvers, need }) => describeApprovers(need, approverWords(approvers))).join(', then ');
}

function nodeName(node: string | null): string {
  return node ?? 'the whole tree';
}

function inTime(policy: PolicyView): string {
  const { onTimeout, escalateTo, timeoutMs } = policy;
  const whom = onTimeout === 'escalate' ? ` to ${approverWords(escalateTo).join(', ') || 'nobody'}` : '';
  return `${onTimeout}${whom} after ${duration(timeoutMs)}`;
}

const ofTickets = (policy: PolicyView, text: string) => (policy.mode === 'ticket' ? text : '');

const modeTones: Tones<PolicyView['mode']> = { direct: 'good', ticket: 'busy', forbidden: 'bad' };

/** The policy that holds for each kind of change, and where it is set. */
export const policyList: ListView<PolicyView> = {
  columns: [
    { header: 'KIND', value: (policy) => policy.kind },
    { header: 'MODE', value: (policy) => policy.mode, tone: (policy) => modeTones[policy.mode] },
    { header: 'SET ON', value: place },
    { header: 'INHERITED', value: (policy) => (policy.inherited ? 'yes' : 'no'), wide: true },
    { header: 'APPROVAL', value: approval },
    { header: 'FOUR EYES', value: (policy) => ofTickets(policy, policy.fourEyes ? 'yes' : 'no') },
    { header: 'TIME-OUT', value: (policy) => ofTickets(policy, inTime(policy)) },
    { header: 'REMINDS', value: (policy) => ofTickets(policy, duration(policy.remindAfterMs)), wide: true },
    { header: 'VERSION', value: (policy) => policy.version, wide: true },
    { header: 'BY', value: (policy) => policy.updatedBy, wide: true },
    { header: 'SINCE', value: (policy) => localTime(policy.updatedAt), wide: true },
  ],
  name: (policy) => `${policy.kind} ${policy.mode}`,
  empty: 'No policies.',
};

/** One policy as it holds from now on. */
export const policyItem: ItemView<PolicyView> = {
  fields: (policy) => [
    ['kind', policy.kind],
    ['mode', policy.mode],
    ['set on', place(policy)],
    ...(policy.mode === 'ticket'
      ? ([
          ['approval', approval(policy)],
          ['four eyes', policy.fourEyes ? 'yes: never the requester' : 'no: the requester may approve too'],
          ['delegates', policy.delegates === 'anyone' ? 'anyone' : 'only those whom the step or its escalation means'],
          ['reminds', `every ${duration(policy.remindAfterMs)}`],
          ['time-out', inTime(policy)],
        ] as const)
      : []),
    ['version', String(policy.version)],
  ],
  name: (policy) => `${policy.kind} ${policy.mode}`,
};

const verdicts = {
  direct: 'it runs at once',
  ticket: 'it waits for an approval',
  forbidden: 'it is refused',
} as const;

/** What would happen. */
export const previewItem: ItemView<ChangePreview> = {
  fields: (preview) => [
    ['mode', `${preview.mode}: ${verdicts[preview.mode]}`],
    ['decided by', preview.decidedBy.map(({ node, mode }) => `${nodeName(node)} (${mode})`).join(', ') || '-'],
    ['hosts', String(preview.hosts)],
    ...(preview.unknownHosts.length === 0 ? [] : [['unknown hosts', preview.unknownHosts.join(', ')] as const]),
    ...preview.steps.map(
      ({ step, need, approvers, policyNode }) =>
        [
          preview.steps.length === 1 ? 'approval' : `approval ${step}`,
          `${describeApprovers(need, approvers)} (policy of ${nodeName(policyNode)})`,
        ] as const,
    ),
    ...(preview.mode === 'ticket'
      ? [['four eyes', preview.fourEyes ? 'yes: never the requester' : 'no: the requester may approve too'] as const]
      : []),
  ],
  name: (preview) => preview.mode,
};
