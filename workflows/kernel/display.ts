import type { SearchAttributeUpdatePair, TypedSearchAttributes } from '@temporalio/common';
import { searchAttributes } from './search-attributes.ts';

/** Longest value that every visibility store takes, and how many nodes are worth listing. */
const longestValue = 255;
const mostNodes = 20;

/** Who asked, and for which nodes, as lines of Markdown. */
export function requestedBy(of: { readonly requester: string; readonly nodes: readonly string[] }): string[] {
  return [
    `Requested by ${plain(of.requester)}`,
    ...(of.nodes.length > 0 ? [`on ${of.nodes.slice(0, mostNodes).map(plain).join(', ')}`] : []),
  ];
}

/** Text of people as text: nothing in it is Markdown or HTML. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]()#+!|<>&~]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}

/** The search attributes that have to change, the state in `stateKey`; none where all stand as they should. */
export function searchAttributeChanges(
  stateKey: typeof searchAttributes.taskState,
  of: { readonly state: string; readonly requester: string; readonly nodes: readonly string[] },
  present: TypedSearchAttributes,
): SearchAttributeUpdatePair[] {
  const cut = (text: string) => [...text].slice(0, longestValue).join('');
  const nodes = of.nodes.slice(0, mostNodes).map(cut);
  const changes: SearchAttributeUpdatePair[] = [];
  if (present.get(stateKey) !== of.state) changes.push({ key: stateKey, value: of.state });
  if (present.get(searchAttributes.requester) !== cut(of.requester)) {
    changes.push({ key: searchAttributes.requester, value: cut(of.requester) });
  }
  if (nodes.length > 0 && JSON.stringify(present.get(searchAttributes.node)) !== JSON.stringify(nodes)) {
    changes.push({ key: searchAttributes.node, value: nodes });
  }
  return changes;
}
