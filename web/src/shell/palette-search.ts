import { scripts } from '#web/nouns/scripts/client.ts';
import { tasks } from '#web/nouns/tasks/client.ts';
import { tree } from '#web/nouns/tree/client.ts';
import { routeFor } from '#web/lib/route-for.ts';
import type { PaletteEntry } from './palette-match.ts';

const each = 5;

export type PaletteSource = 'nodes' | 'tasks' | 'machines' | 'scripts';

/** Where the palette looks for objects, and how each is shown there. */
const sources: Record<PaletteSource, (q: string) => Promise<PaletteEntry[]>> = {
  nodes: async (q) =>
    (await tree.list({ q, limit: each })).items.map((node) => ({
      ...{ id: `node:${node.id}`, label: node.path, href: routeFor.tree(node.id) },
    })),
  tasks: async (q) =>
    (await tasks.list({ q, limit: each })).items.map((task) => ({
      ...{ id: `task:${task.id}`, label: task.title, href: routeFor.task(task.id), detail: task.requester },
    })),
  machines: async (q) =>
    (await tree.allMachines({ q, limit: each })).items.map((machine) => ({
      id: `machine:${machine.id}`,
      label: machine.name,
      href: routeFor.agents({ q: machine.name }),
      detail: [machine.address, ...machine.nodes.slice(0, 1)].join(' · '),
    })),
  scripts: async (q) =>
    (await scripts.list({ q, limit: each })).items.map((script) => ({
      ...{ id: `script:${script.id}`, label: script.name, href: routeFor.script(script.id), detail: script.language },
    })),
};

/**
 * Looks for objects everywhere at once. What one source cannot answer, the others still do; it rejects where none
 * answers.
 */
export async function searchObjects(q: string): Promise<Record<PaletteSource, PaletteEntry[]>> {
  const [nodes, found, machines, library] = await Promise.allSettled([
    sources.nodes(q),
    sources.tasks(q),
    sources.machines(q),
    sources.scripts(q),
  ]);
  const all = [nodes, found, machines, library];
  const failed = all.filter((answer) => answer.status === 'rejected');
  if (failed.length === all.length) throw failed[0]?.reason;
  const of = (answer: PromiseSettledResult<PaletteEntry[]>) => (answer.status === 'fulfilled' ? answer.value : []);
  return { nodes: of(nodes), tasks: of(found), machines: of(machines), scripts: of(library) };
}
