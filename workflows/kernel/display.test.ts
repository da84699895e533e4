import { TypedSearchAttributes } from '@temporalio/common';
import { describe, expect, it } from 'vitest';
import { searchAttributeTypes } from '#domain/durables.ts';
import { searchAttributeChanges } from './display.ts';
import { searchAttributes } from './search-attributes.ts';

const found = { kind: 'task.run', state: 'running', requester: 'alice', nodes: ['infra.prod'] };

describe('searchAttributeChanges', () => {
  it('changes search attributes only where they differ', () => {
    const first = searchAttributeChanges(found, new TypedSearchAttributes());
    expect(first.map((change) => change.key.name).sort()).toEqual(Object.keys(searchAttributeTypes).sort());
    const present = new TypedSearchAttributes().updateCopy(first);
    expect(searchAttributeChanges(found, present)).toEqual([]);
    expect(searchAttributeChanges({ ...found, state: 'paused' }, present)).toEqual([
      { key: searchAttributes.state, value: 'paused' },
    ]);
  });
});
