import { z } from 'zod';
import { isName, nameSchema } from '../name-rule.ts';

/** One name of a path. Dots separate names, so a name has none. */
export const nodeNameSchema = nameSchema('-_');

/** `infra.k8s.prod-01`, 1–16 names. */
export const nodePathSchema = z
  .string()
  // Before its form is looked at: normalizing takes time that grows with the square of the marks on one letter.
  .max(4_096, { abort: true })
  .normalize('NFC')
  .max(1024)
  .refine((path) => {
    const names = path.split('.');
    return names.length <= 16 && names.every((name) => isName(name, '-_'));
  }, 'must be names joined by dots, like infra.k8s.prod-01');

/** The pick list of icons. */
export const nodeIcons = [
  'company',
  'team',
  'service',
  'cluster',
  'database',
  'network',
  'storage',
  'room',
  'rack',
  'cloud',
] as const;
export type NodeIcon = (typeof nodeIcons)[number];

/** Names in one path at most. */
export const maxNodeDepth = 16;

/** How many nodes are told of one thing outside of its rows. */
export const nodesTold = 20;

/** The first few nodes of a thing: Temporal's histories and messages do not grow with what people choose. */
export function firstNodes(nodes: readonly string[]): readonly string[] {
  return nodes.slice(0, nodesTold);
}
