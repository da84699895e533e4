import { expect, it } from 'vitest';
import { labParts } from './parts.ts';

it('gives every part, process and port of the lab a name of its own', () => {
  const servers = labParts.flatMap((part) => part.servers);
  for (const names of [
    labParts.map(({ name }) => name),
    servers.map(({ name }) => name),
    servers.flatMap(({ ports }) => Object.keys(ports)),
    servers.flatMap(({ ports }) => Object.values(ports)),
  ])
    expect(names).toHaveLength(new Set<unknown>(names).size);
});
