import type { Facts } from '#domain/agents/facts.ts';

/** One kind of fact; to add one, write a collector and name it in facts.ts. */
export type FactCollector<Part extends keyof Facts> = () => Promise<Pick<Facts, Part>>;
