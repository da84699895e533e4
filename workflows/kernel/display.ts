import type { SearchAttributeUpdatePair, TypedSearchAttributes } from '@temporalio/common';
import { setCurrentDetails, upsertSearchAttributes, workflowInfo } from '@temporalio/workflow';
import { searchAttributes } from './search-attributes.ts';

/** Longest value that every visibility store takes. */
const longestValue = 255;

/** What a workflow is found by. */
interface Found {
  /** The kind of change that is decided on or carried out. */
  readonly kind: string;
  readonly state: string;
  readonly requester: string;
  readonly nodes: readonly string[];
}

/** Makes a subject readable (`details` is Markdown) and findable in Temporal. */
export function show(details: string, found: Found): void {
  setCurrentDetails(details);
  const changes = searchAttributeChanges(found, workflowInfo().typedSearchAttributes);
  if (changes.length > 0) upsertSearchAttributes(changes);
}

/** Who asked, and for which nodes, as lines of Markdown. */
export function requestedBy(of: { readonly requester: string; readonly nodes: readonly string[] }): string[] {
  return [
    `Requested by ${plain(of.requester)}`,
    ...(of.nodes.length > 0 ? [`on ${of.nodes.map(plain).join(', ')}`] : []),
  ];
}

/** Text of people as text: nothing in it is Markdown or HTML. */
export function plain(text: string): string {
  return text
    .replaceAll(/[\\`*_{}[\]()#+!|<>&~]/g, (character) => `&#${character.codePointAt(0)};`)
    .replaceAll(/\s+/g, ' ');
}

/** The search attributes that have to change; none where all stand as they should. */
export function searchAttributeChanges(found: Found, present: TypedSearchAttributes): SearchAttributeUpdatePair[] {
  const cut = (text: string) => [...text].slice(0, longestValue).join('');
  const { kind, state, requester } = searchAttributes;
  const changes: SearchAttributeUpdatePair[] = [];
  const texts = [
    [kind, found.kind],
    [state, found.state],
    [requester, cut(found.requester)],
  ] as const;
  for (const [key, value] of texts) if (present.get(key) !== value) changes.push({ key, value });
  const nodes = found.nodes.map(cut);
  if (nodes.length > 0 && JSON.stringify(present.get(searchAttributes.node)) !== JSON.stringify(nodes)) {
    changes.push({ key: searchAttributes.node, value: nodes });
  }
  return changes;
}
