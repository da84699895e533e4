import type { AdvanceResult } from '#domain/tasks/ports.ts';
import { plain, requestedBy } from '../kernel/display.ts';

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
    ...requestedBy(result),
  ].join('\n');
}
