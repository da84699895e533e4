import { expect, it } from 'vitest';
import type { ChangeContent } from '#domain/changes/change-kind.ts';
import { contentHash } from './content.ts';

const content: ChangeContent = {
  kind: 'task.run',
  schemaVersion: 1,
  payload: { script: 'echo', args: ['a', 'b'] },
  targets: [
    { id: 'm1', name: 'one', generation: 'a1' },
    { id: 'm2', name: 'two', generation: 'a2' },
  ],
  baseVersion: 'b',
  runAt: null,
};

const flow = { steps: [], fourEyes: true, policyVersion: 'p1' };

it('is the same for every order of names', () => {
  const turned = Object.fromEntries(Object.entries(content).reverse()) as unknown as ChangeContent;
  expect(contentHash({ ...turned, payload: { args: ['a', 'b'], script: 'echo' } }, flow)).toBe(
    contentHash(content, flow),
  );
});

it('differs for each part', () => {
  const [one, two] = content.targets as [ChangeContent['targets'][0], ChangeContent['targets'][0]];
  const others: Partial<ChangeContent>[] = [
    { kind: 'manual.step' },
    { schemaVersion: 2 },
    { payload: { script: 'echo', args: ['b', 'a'] } },
    { targets: [two, one] },
    { targets: [one, { ...two, generation: 'a3' }] },
    { targets: [one] },
    { baseVersion: 'c' },
    { runAt: '2030-01-01T00:00:00.000Z' },
  ];
  const hashes = [content, ...others.map((other) => ({ ...content, ...other }))].map((it) => contentHash(it, flow));
  const otherFlow = contentHash(content, { ...flow, fourEyes: false });
  expect(new Set([...hashes, otherFlow]).size).toBe(others.length + 2);
});
