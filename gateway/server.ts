import { hostname } from 'node:os';
import { join } from 'node:path';
import { registerAuthority } from '#ledger/agents/join-tokens.ts';
import { registerGateway, retireGateway } from '#ledger/agents/gateways.ts';
import { audit } from '#ledger/audit/audit.ts';
import type { Database, DatabaseHandle } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { revokedChannel } from '#ledger/agents/revoke-agent.ts';
import type { DeliverActivities } from '#domain/tasks/ports.ts';
import type { Config } from '#platform/config.ts';
import type { Logger } from '#platform/logging.ts';
import type { Metrics } from '#platform/metrics.ts';
import { openSecretBox } from '#platform/secret-box.ts';
import { createAttemptLimiter } from './attempt-limiter.ts';
import { createEnrolment } from './enrolment.ts';
import { createFactsKeeper } from './facts-keeper.ts';
import { createGatewayHeartbeat } from './gateway-heartbeat.ts';
import { createGatewayMetrics } from './gateway-metrics.ts';
import { createGrpcService, type GrpcService } from './grpc-service.ts';
import { createLedgerSide } from './ledger-side.ts';
import type { Loop } from './loop.ts';
import { openCertificateAuthority } from './pki/certificate-authority.ts';
import { createRenewal } from './renewal.ts';
import type { Offence } from './result-writer.ts';
import { createRevocationWatch } from './revocation-watch.ts';
import { createSessionOpener } from './session-opener.ts';
import { createSessionRegistry } from './session-registry.ts';
import { createTlsListener, type TlsListener } from './tls-listener.ts';

export type GatewayConfig = Pick<
  Config,
  | 'SIGNALBOX_DATA'
  | 'SIGNALBOX_CA_DIR'
  | 'SIGNALBOX_SECRET_KEY_FILE'
  | 'SIGNALBOX_GATEWAY_ID'
  | 'SIGNALBOX_GATEWAY_HOST'
  | 'SIGNALBOX_GATEWAY_PORT'
  | 'SIGNALBOX_GATEWAY_ADDRESS'
  | 'SIGNALBOX_AGENT_CERTIFICATE_DAYS'
  | 'SIGNALBOX_AGENT_PARALLEL_RUNS'
>;

export interface GatewayStats {
  readonly sessions: number;
  /** Acks and results that wait for the ledger. */
  readonly pendingFrames: number;
}

export interface Gateway {
  /** Opens the CA, enters the gateway in the ledger, listens. `address` is what agents are told. */
  start(): Promise<{ address: string }>;
  /** Sends the agents away, writes what is left, closes everything. Safe to call twice. */
  stop(): Promise<void>;
  /** For the Temporal worker on this gateway's own queue. */
  readonly activities: DeliverActivities;
  stats(): GatewayStats;
}

const dayMs = 86_400_000;
const drainMs = 1_000;

/** Where agents connect: enrolment, renewal and sessions on one TLS port, results into the ledger, commands out of it. */
export function createGateway(
  config: GatewayConfig,
  deps: {
    database: DatabaseHandle;
    /** For hand-out alone ({@link handOutSessions}). */
    handOuts: Database;
    nudge: (taskId: string) => Promise<void>;
    logger: Logger;
    metrics?: Metrics;
  },
): Gateway {
  const { database } = deps;
  const { db } = database;
  const gatewayId = config.SIGNALBOX_GATEWAY_ID;
  const logger = deps.logger.child({ gateway: gatewayId });
  const metrics = createGatewayMetrics(deps.metrics);
  const registry = createSessionRegistry();
  const offences = createAttemptLimiter({ failures: 10, windowMs: 600_000 });
  const ledger = createLedgerSide({
    database,
    handOuts: deps.handOuts,
    gatewayId,
    registry,
    metrics,
    logger,
    secrets: openSecretBox(config),
    nudge: deps.nudge,
    onOffence: punish,
    channels: { [revokedChannel]: (agentId) => watch.revoked(agentId) },
    onListening: () => watch.hurry(),
  });
  const { writer, delivery } = ledger;
  const opener = createSessionOpener({ db, gatewayId, logger, settle: ledger.settle });
  const watch = createRevocationWatch({ db, gatewayId, registry, opener, nudge: ledger.nudge, logger });

  let gateways: string[] = [];
  let accepting = false;
  let running: { listener: TlsListener; service: GrpcService; heartbeat: Loop } | undefined;
  let stopping: Promise<void> | undefined;

  /** An agent that reports for another one is cut off, and that stays on record. */
  function punish({ session, kind, runId }: Offence): void {
    session.close('offence');
    logger.error({ agentId: session.agentId, agent: session.name, runId, kind }, 'report refused');
    if (offences.blocked(session.agentId)) return;
    offences.failed(session.agentId);
    transact(db, (tx) =>
      audit(tx, {
        actor: { id: null, name: session.name },
        action: 'agent.report.refused',
        outcome: 'denied',
        target: runId,
        details: { agentId: session.agentId, reason: kind },
      }),
    ).catch((error: unknown) => logger.error({ err: error }, 'refused report not audited'));
  }

  async function start(): Promise<{ address: string }> {
    const authority = await openCertificateAuthority(
      config.SIGNALBOX_CA_DIR || join(config.SIGNALBOX_DATA, 'keys', 'ca'),
    );
    await registerAuthority(db, authority);
    const certificateLifeMs = config.SIGNALBOX_AGENT_CERTIFICATE_DAYS * dayMs;
    const issuing = { db, authority, certificateLifeMs, gateways: () => gateways };
    const listener: TlsListener = createTlsListener({
      host: config.SIGNALBOX_GATEWAY_HOST,
      port: config.SIGNALBOX_GATEWAY_PORT,
      authority,
      onConnection: (socket) => service.serve(socket),
      metrics,
      logger,
    });
    const service = createGrpcService({
      connection: (peer) => listener.connection(peer),
      enrolment: createEnrolment(issuing),
      renewal: createRenewal(issuing),
      session: {
        gatewayId,
        maxParallelRuns: config.SIGNALBOX_AGENT_PARALLEL_RUNS,
        opener,
        registry,
        writer,
        facts: createFactsKeeper({ db, gatewayId, logger }),
        pull: (agentId, options) => delivery.pull(agentId, options),
        nextSeq: (agentId) => delivery.nextSeq(agentId),
        gateways: () => gateways,
        metrics,
        logger,
      },
      accepting: () => accepting,
      metrics,
      logger,
    });
    const bound = await listener.start();
    const address = config.SIGNALBOX_GATEWAY_ADDRESS || `${reachable(bound.host)}:${bound.port}`;
    gateways = [address];
    // Only now: no session of this gateway can be older than this.
    const leftOver = await transact(db, (tx) => registerGateway(tx, gatewayId, address));
    if (leftOver > 0) logger.warn({ sessions: leftOver }, 'sessions left over from a crash ended');
    const heartbeat = createGatewayHeartbeat({
      db,
      gatewayId,
      address: () => address,
      registry,
      opener,
      onGateways: (addresses) => (gateways = addresses.includes(address) ? addresses : [...addresses, address]),
      logger,
    });
    running = { listener, service, heartbeat };
    accepting = true;
    heartbeat.start();
    watch.start();
    ledger.start();
    logger.info({ address }, 'gateway listens');
    return { address };
  }

  async function stop(): Promise<void> {
    if (running === undefined) return;
    const { listener, service, heartbeat } = running;
    accepting = false;
    listener.stopAccepting();
    await ledger.stopTaking();
    await watch.stop();
    for (const session of registry.all()) session.drain(drainMs + Math.round(Math.random() * 2 * drainMs));
    const deadline = performance.now() + drainMs;
    while (registry.size() > 0 && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 20));
    await writer.flushed();
    for (const session of registry.all()) session.close('gateway-stops');
    await heartbeat.stop();
    await opener.stop();
    await ledger.stop();
    service.stop();
    await listener.stop();
    await retireGateway(db, gatewayId).catch((error: unknown) =>
      logger.warn({ err: error }, 'gateway not retired in the ledger'),
    );
  }

  return {
    start,
    stop: () => (stopping ??= stop()),
    activities: ledger.activities,
    stats: () => ({ sessions: registry.size(), pendingFrames: writer.pending() }),
  };
}

/** A wildcard address is no place to dial. */
function reachable(host: string): string {
  if (host === '0.0.0.0' || host === '::') return hostname();
  return host.includes(':') ? `[${host}]` : host;
}
