import type { Metrics } from '#platform/metrics.ts';

/** What a gateway counts. Each method is cheap and never throws. */
export interface GatewayMetrics {
  /** A connection or a call that was refused or cut, by a fixed word. */
  refused(reason: string): void;
  sessionOpened(): void;
  sessionClosed(reason: string): void;
  enrolled(): void;
  renewed(): void;
  reports(verdict: string, count: number): void;
  commandsSent(count: number): void;
  /** Seconds that a batch of acks and results took in the ledger. */
  batchTook(seconds: number): void;
}

/** Registers the gateway's metrics; without a registry they go nowhere (tests). */
export function createGatewayMetrics(metrics: Metrics | undefined): GatewayMetrics {
  if (metrics === undefined) {
    const nowhere = () => undefined;
    return {
      refused: nowhere,
      sessionOpened: nowhere,
      sessionClosed: nowhere,
      enrolled: nowhere,
      renewed: nowhere,
      reports: nowhere,
      commandsSent: nowhere,
      batchTook: nowhere,
    };
  }
  const sessions = metrics.gauge('signalbox_gateway_sessions', 'Agents connected to this gateway');
  const closed = metrics.counter('signalbox_gateway_sessions_closed_total', 'Sessions that ended, by reason', [
    'reason',
  ]);
  const refused = metrics.counter(
    'signalbox_gateway_refused_total',
    'Connections and calls refused or cut, by reason',
    ['reason'],
  );
  const enrolments = metrics.counter('signalbox_gateway_enrolments_total', 'Agents enrolled');
  const renewals = metrics.counter('signalbox_gateway_renewals_total', 'Agent certificates renewed');
  const reports = metrics.counter('signalbox_gateway_reports_total', 'Run results received, by what became of them', [
    'verdict',
  ]);
  const commands = metrics.counter('signalbox_gateway_commands_total', 'Commands written to agents');
  const batches = metrics.seconds(
    'signalbox_gateway_batch_seconds',
    'Time that a batch of acks and results took in the ledger',
  );
  return {
    refused: (reason) => refused.inc({ reason }),
    sessionOpened: () => sessions.inc(),
    sessionClosed(reason) {
      sessions.dec();
      closed.inc({ reason });
    },
    enrolled: () => enrolments.inc(),
    renewed: () => renewals.inc(),
    reports: (verdict, count) => reports.inc({ verdict }, count),
    commandsSent: (count) => commands.inc(count),
    batchTook: (seconds) => batches.observe(seconds),
  };
}
