import type { SearchAttributeUpdatePair, TypedSearchAttributes } from '@temporalio/common';
import type { AdvanceResult } from '#domain/tasks/ports.ts';
import { searchAttributes } from '../search-attributes.ts';

/** Longest value that every visibility store takes, and how many nodes are worth listing. */
const longestValue = 255;
const mostNodes = 20;

/** The state of a task as Markdown for the Temporal UI. Numbers and names only, never a host. */
export function taskDetails(result: AdvanceResult): string {
  const { counts } = result;
  const done = counts.total - counts.pending - counts.running;
  const groups = Object.entries<number>(counts).filter(([group, n]) => group !== 'total' && n > 0);
  return [
    `**${plain(result.title)}** · ${result.state} · ${done} of ${counts.total} hosts done`,
    '',
    ...groups.map(([group, n]) => `- ${group}: ${n}`),
    '',
    `Requested by ${plain(result.requester)}`,
    ...(result.nodes.length > 0 ? [`on ${result.nodes.slice(0, mostNodes).map(plain).join(', ')}`] : []),
  ].join('\n');
}

/** Text of people as text: nothing in it is Markdown or HTML. */
function plain(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]()#+!|<>&~]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}

/** The search attributes that have to change; none where all stand as they should. */
export function searchAttributeChanges(
  result: AdvanceResult,
  present: TypedSearchAttributes,
): SearchAttributeUpdatePair[] {
  const cut = (text: string) => [...text].slice(0, longestValue).join('');
  const nodes = result.nodes.slice(0, mostNodes).map(cut);
  const changes: SearchAttributeUpdatePair[] = [];
  if (present.get(searchAttributes.taskState) !== result.state) {
    changes.push({ key: searchAttributes.taskState, value: result.state });
  }
  if (present.get(searchAttributes.requester) !== cut(result.requester)) {
    changes.push({ key: searchAttributes.requester, value: cut(result.requester) });
  }
  if (nodes.length > 0 && JSON.stringify(present.get(searchAttributes.node)) !== JSON.stringify(nodes)) {
    changes.push({ key: searchAttributes.node, value: nodes });
  }
  return changes;
}
