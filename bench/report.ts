import type { AgentRssFigures } from './agent-rss.ts';
import type { ApprovalFigures } from './approval.ts';
import { approvalTables } from './approval/report.ts';
import type { ComparisonFigures } from './comparison.ts';
import type { FanoutFigures } from './fanout.ts';
import type { Limited } from './limits.ts';
import type { MachineFigures } from './machine.ts';
import { spread, table, verdict } from './markdown.ts';
import { type WebFigures, webTable } from './web.ts';

/** Everything that one call of the benchmark measured. */
export interface BenchReport {
  readonly command: string;
  readonly machine: MachineFigures;
  readonly fanout?: readonly FanoutFigures[];
  readonly comparison?: ComparisonFigures;
  readonly agentRss?: AgentRssFigures;
  readonly approval?: ApprovalFigures;
  readonly web?: WebFigures;
}

/** Figures that are outside their limit, as sentences. */
export function missedLimits(report: BenchReport): string[] {
  const missed = (what: string, { value, limit, pass }: Limited) =>
    pass === false ? [`${what}: ${value}, limit ${limit}`] : [];
  return [
    ...(report.fanout ?? []).flatMap((series) => [
      ...missed(`${series.hosts} hosts, concurrency ${series.concurrency}, seconds`, series.p50),
      ...missed(`${series.hosts} hosts, concurrency ${series.concurrency}, history events`, series.historyEvents),
      ...missed(
        `${series.hosts} hosts, concurrency ${series.concurrency}, CPU seconds per 1,000`,
        series.cpuPerThousand,
      ),
    ]),
    ...(report.agentRss === undefined ? [] : missed('idle agent, MiB', report.agentRss.rssMiB)),
    ...(report.approval === undefined
      ? []
      : [
          ...missed('decision to acknowledgement, ratio', report.approval.acknowledgedRatio),
          ...missed('decision to first host, ratio', report.approval.dispatchedRatio),
          ...missed('worker with open tickets, MiB', report.approval.open.workerRssMiB),
          ...missed('inbox page, ms', report.approval.open.inboxPageMs),
          ...missed('audit rows per second', report.approval.audit.rowsPerSecond),
        ]),
    ...(report.web?.pages ?? []).flatMap(({ page, p50 }) => missed(`page load, ${page}, seconds`, p50)),
  ];
}

/** The report as Markdown tables. */
export function renderMarkdown(report: BenchReport): string {
  const { machine } = report;
  const parts = [
    `Command: \`${report.command}\`\n\nMeasured ${machine.date} on ${machine.cores} cores (${machine.cpu}), ` +
      `${machine.memoryGiB} GiB, ${machine.system}, Node ${machine.node}; load before the start ${machine.loadBefore}.`,
  ];
  if (report.fanout !== undefined) parts.push(fanoutTables(report.fanout));
  if (report.comparison !== undefined) parts.push(comparisonTable(report.comparison));
  if (report.agentRss !== undefined) parts.push(agentTable(report.agentRss));
  if (report.approval !== undefined) parts.push(approvalTables(report.approval));
  if (report.web !== undefined) parts.push(webTable(report.web));
  return `${parts.join('\n\n')}\n`;
}

function fanoutTables(all: readonly FanoutFigures[]): string {
  const first = all[0];
  if (first === undefined) return '';
  const speed = table(
    [
      'hosts',
      'sessions',
      'concurrency',
      'seconds p50 (min–max)',
      'limit',
      'hosts/s',
      'POST s',
      'history events',
      'limit',
      'history bytes',
      'CPU s per 1,000',
      'limit',
    ],
    all.map((series) => [
      series.hosts,
      series.sessions,
      series.concurrency,
      spread(series.seconds),
      verdict(series.p50, ' s'),
      series.hostsPerSecond,
      series.submitSeconds.p50,
      series.historyEvents.value,
      verdict(series.historyEvents, ''),
      series.historyBytes,
      series.cpuPerThousand.value,
      verdict(series.cpuPerThousand, ' s'),
    ]),
  );
  const roles = [...new Set(all.flatMap(({ processes }) => processes.map(({ role }) => role)))];
  const usage = table(
    ['hosts / concurrency', ...roles],
    all.map((series) => [
      `${series.hosts} / ${series.concurrency}`,
      ...roles.map((role) => {
        const used = series.processes.find((each) => each.role === role);
        return used === undefined ? '' : `${used.rssMiB} MiB, ${used.cpuSeconds} s`;
      }),
    ]),
  );
  const rows = table(
    ['hosts', ...Object.keys(first.rowsPerTask), 'agents connected in'],
    all.map((series) => [series.hosts, ...Object.values(series.rowsPerTask), `${series.agentsConnectedInSeconds} s`]),
  );
  return [
    '### Fan-out to simulated agents',
    `\`${first.command.join(' ')}\` on simulated agents (connected: real protocol, mTLS, one process; in-process: functions inside of a gateway), ${first.seconds.runs.length} runs, ` +
      'none discarded, from the API call to the event that the task has ended.',
    speed,
    `Resident memory after the last run and CPU over all ${first.seconds.runs.length} runs (PostgreSQL: PSS of all its processes):`,
    usage,
    'Rows written per task:',
    rows,
  ].join('\n\n');
}

function comparisonTable(figures: ComparisonFigures): string {
  const { clush, ratio } = figures;
  const ours = [
    ['Signalbox, API call to end of task', spread(figures.api), ratio?.apiToCold ?? '', ratio?.apiToWarm ?? ''],
    [
      'Signalbox, `task run --wait`, whole command',
      spread(figures.cli),
      ratio?.cliToCold ?? '',
      ratio?.cliToWarm ?? '',
    ],
  ];
  const theirs =
    'leftOut' in clush
      ? []
      : [
          ['clush over ssh, a connection per host', spread(clush.cold), 1, ''],
          ['clush over ssh, ControlMaster warm', spread(clush.warm), '', 1],
        ];
  const note =
    'leftOut' in clush
      ? `clush was left out: ${clush.leftOut}.`
      : `${clush.tool}; fan-out ${clush.fanout}; ${clush.coldConnections} connections counted by sshd in the cold runs; ` +
        `starting clush alone takes ${clush.startSeconds} s.`;
  return [
    '### Against clush over ssh',
    `\`${figures.command.join(' ')}\` on ${figures.hosts} real agents and through ${figures.hosts} ssh connections, all on this machine, ` +
      `${figures.api.runs.length} runs each. Ratios are of medians; below 1 is faster than clush.`,
    table(['', 'seconds p50 (min–max)', '× clush', '× clush warm'], [...ours, ...theirs]),
    note,
  ].join('\n\n');
}

function agentTable(figures: AgentRssFigures): string {
  return [
    '### Memory of an idle agent',
    table(
      ['packed agent', 'RSS', 'limit'],
      [
        [
          `connected for ${figures.connectedForSeconds} s`,
          `${figures.rssMiB.value} MiB`,
          verdict(figures.rssMiB, ' MiB'),
        ],
        [`after one run and ${figures.connectedForSeconds} s more`, `${figures.afterOneRunMiB} MiB`, ''],
      ],
    ),
  ].join('\n\n');
}
