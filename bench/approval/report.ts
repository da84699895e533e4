import type { ApprovalFigures } from '../approval.ts';
import { spread, table, verdict } from '../markdown.ts';

/** The figures of the approval benchmark as Markdown. */
export function approvalTables(figures: ApprovalFigures): string {
  const { raw, open, audit } = figures;
  return [
    '### Approval',
    `${figures.pairs} approvals, each followed by one run of the raw program: an Update, two activities, a child start, an activity, ` +
      'an activity on a second queue, with nothing in them, on the same server. Seconds p50 (min–max); ratios are of medians.',
    table(
      ['from the decision', 'Signalbox', 'raw program', 'ratio', 'limit'],
      [
        [
          'to its answer (raw: Update with one activity)',
          spread(figures.acknowledged),
          spread(raw.acknowledged),
          figures.acknowledgedRatio.value,
          verdict(figures.acknowledgedRatio, ''),
        ],
        [
          'to the first host (raw: end of the last activity)',
          spread(figures.dispatched),
          spread(raw.dispatched),
          figures.dispatchedRatio.value,
          verdict(figures.dispatchedRatio, ''),
        ],
        ['an Update that does nothing', '', spread(raw.bareUpdate), '', 'no limit'],
      ],
    ),
    table(
      ['open tickets', 'opened in', 'worker RSS', 'limit', 'inbox page of 50, s p50 (min–max)', 'limit'],
      [
        [
          open.tickets,
          `${open.openedInSeconds} s`,
          `${open.workerRssMiB.value} MiB`,
          verdict(open.workerRssMiB, ' MiB'),
          spread(open.inboxPage),
          verdict(open.inboxPageMs, ' ms'),
        ],
      ],
    ),
    table(
      ['audit writers', 'rows', 'in', 'rows/s', 'limit'],
      [
        [
          audit.writers,
          audit.rows,
          `${audit.seconds} s`,
          audit.rowsPerSecond.value,
          verdict(audit.rowsPerSecond, ' rows/s', '≥'),
        ],
      ],
    ),
  ].join('\n\n');
}
