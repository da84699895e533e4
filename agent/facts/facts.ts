import { createHash } from 'node:crypto';
import type { Facts } from '#domain/agents/facts.ts';
import { collectAddresses } from './addresses.facts.ts';
import { collectCpu } from './cpu.facts.ts';
import { collectDisks } from './disks.facts.ts';
import { collectHost } from './host.facts.ts';
import { collectMemory } from './memory.facts.ts';
import { collectOs } from './os.facts.ts';

/** Facts as they travel: canonical JSON (keys sorted) and its SHA-256. */
export interface CollectedFacts {
  readonly hash: string;
  readonly json: Buffer;
}

/** Collects everything anew. */
export async function collectFacts(): Promise<CollectedFacts> {
  const facts: Facts = {
    ...(await collectHost()),
    ...(await collectAddresses()),
    ...(await collectOs()),
    ...(await collectCpu()),
    ...(await collectMemory()),
    ...(await collectDisks()),
  };
  const json = Buffer.from(canonicalJson(facts), 'utf8');
  return { hash: createHash('sha256').update(json).digest('hex'), json };
}

/** JSON with the keys of every object in order: equal facts, equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, item: unknown) =>
    typeof item === 'object' && item !== null && !Array.isArray(item)
      ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1)))
      : item,
  );
}
