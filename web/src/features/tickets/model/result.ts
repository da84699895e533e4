import type { TicketDetail } from '#web/nouns/tickets/client.ts';

/** How many hosts a task had and how many of them succeeded; undefined where the result is not that of a task. */
export function hostsOfResult(result: TicketDetail['result']): { succeeded: number; total: number } | undefined {
  const counts = result?.details?.['counts'];
  if (typeof counts !== 'object' || counts === null) return undefined;
  const { succeeded, total } = counts as Readonly<Record<string, unknown>>;
  return typeof succeeded === 'number' && typeof total === 'number' ? { succeeded, total } : undefined;
}
