import type { NodeImpact } from '#web/nouns/tree/client.ts';
import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';

const keys: Readonly<Record<keyof NodeImpact, MessageKey>> = {
  nodes: 'tree.impactNodes',
  machines: 'tree.impactMachines',
  grants: 'tree.impactGrants',
  policies: 'tree.impactPolicies',
  openTasks: 'tree.impactTasks',
  openTickets: 'tree.impactTickets',
};

/** What hangs on a node, a line for each kind of thing, in a fixed order. */
export function impactLines(impact: NodeImpact): { key: keyof NodeImpact; n: number; text: string }[] {
  return (Object.keys(keys) as (keyof NodeImpact)[]).map((key) => ({
    key,
    n: impact[key],
    text: t(keys[key], { n: impact[key] }),
  }));
}
