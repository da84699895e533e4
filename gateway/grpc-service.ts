import {
  type sendUnaryData,
  Server,
  ServerCredentials,
  type ServerInterceptor,
  ServerInterceptingCall,
  type ServerUnaryCall,
  status,
} from '@grpc/grpc-js';
import type { TLSSocket } from 'node:tls';
import { AgentGatewayService, type CertificateReply } from '#proto/gen/agent.ts';
import type { Logger } from '#platform/logging.ts';
import { serveSession, type SessionCall } from './agent-session.ts';
import { CallError, toServiceError } from './call-error.ts';
import type { Enrolment } from './enrolment.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { ClientIdentity } from './pki/verify-client-certificate.ts';
import type { Renewal } from './renewal.ts';
import type { SessionDeps } from './session-deps.ts';
import type { ConnectionFault, PeerConnection } from './tls-listener.ts';

/** The protocol over connections that the TLS listener has let in. */
export interface GrpcService {
  serve(socket: TLSSocket): void;
  stop(): void;
}

const maxFrameBytes = 4 * 1024 * 1024;
/** Enrol or Renew beside a Session, and one to spare. */
const maxStreams = 4;
// A dead connection is known after 12 + 12 s. grpc-js answers pings of any frequency, it never says too_many_pings.
const keepaliveMs = 12_000;

/** Which method needs which certificate; everything else is refused, counted, logged and closed. */
export function createGrpcService(deps: {
  connection: (peer: string) => PeerConnection | undefined;
  enrolment: Enrolment;
  renewal: Renewal;
  session: SessionDeps;
  accepting: () => boolean;
  metrics: GatewayMetrics;
  logger: Logger;
}): GrpcService {
  const { metrics, logger } = deps;

  function connectionOf(call: { getPeer(): string }): PeerConnection {
    const connection = deps.connection(call.getPeer());
    if (connection === undefined) throw new CallError(status.UNAVAILABLE, 'connection-gone', 'the connection is gone');
    if (!deps.accepting()) throw new CallError(status.UNAVAILABLE, 'gateway-stops', 'this gateway is stopping');
    return connection;
  }

  function unary<Request>(
    method: string,
    handle: (request: Request, connection: PeerConnection) => Promise<CertificateReply>,
  ): (call: ServerUnaryCall<Request, CertificateReply>, callback: sendUnaryData<CertificateReply>) => void {
    return (call, callback) => {
      const answer = async () => handle(call.request, connectionOf(call));
      answer().then(
        (reply) => callback(null, reply),
        (error: unknown) => {
          refused(method, call.getPeer(), error);
          callback(toServiceError(error));
        },
      );
    };
  }

  function refused(method: string, peer: string, error: unknown): void {
    const reason = error instanceof CallError ? error.reason : 'internal';
    metrics.refused(reason);
    if (error instanceof CallError) logger.warn({ method, peer, reason }, 'call refused');
    else logger.error({ method, peer, err: error }, 'call failed');
    deps.connection(peer)?.close();
  }

  const enrol = unary('Enrol', async (request: Parameters<Enrolment['enrol']>[0], connection) => {
    if (connection.verdict().kind !== 'none') throw notAllowed(connection, 'Enrol');
    const reply = await deps.enrolment.enrol(request, connection.address);
    metrics.enrolled();
    logger.info({ agentId: reply.agentId, agent: reply.name, peer: connection.peer }, 'agent enrolled');
    return reply;
  });

  const renew = unary('Renew', async (request: Parameters<Renewal['renew']>[0], connection) => {
    const reply = await deps.renewal.renew(request, identityFor(connection, ['valid', 'expired'], 'Renew'));
    metrics.renewed();
    logger.info({ agentId: reply.agentId, agent: reply.name, notAfterMs: reply.notAfterMs }, 'certificate renewed');
    return reply;
  });

  function session(call: SessionCall): void {
    try {
      const connection = connectionOf(call);
      serveSession(call, connection, identityFor(connection, ['valid'], 'Session'), deps.session);
    } catch (error) {
      refused('Session', call.getPeer(), error);
      call.emit('error', toServiceError(error));
    }
  }

  // grpc-js answers a frame that is too large or unreadable by itself; this is where we learn of it.
  const watchFaults: ServerInterceptor = (_method, call) => {
    const sendStatus = call.sendStatus.bind(call);
    call.sendStatus = (sent) => {
      const fault = faultOf(sent.code, sent.details ?? '');
      if (fault !== undefined) {
        metrics.refused(fault);
        logger.warn({ peer: call.getPeer(), fault }, 'connection closed');
        deps.connection(call.getPeer())?.condemn(fault);
      }
      sendStatus(sent);
    };
    return new ServerInterceptingCall(call);
  };

  const server = new Server({
    'grpc.max_receive_message_length': maxFrameBytes,
    'grpc.max_concurrent_streams': maxStreams,
    'grpc.keepalive_time_ms': keepaliveMs,
    'grpc.keepalive_timeout_ms': keepaliveMs,
    'grpc.enable_channelz': 0,
    interceptors: [watchFaults],
  });
  server.addService(AgentGatewayService, { enrol, renew, session });
  // Our own listener has done TLS already.
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());

  return {
    serve: (socket) => injector.injectConnection(socket),
    stop: () => server.forceShutdown(),
  };
}

function identityFor(connection: PeerConnection, kinds: readonly string[], method: string): ClientIdentity {
  const verdict = connection.verdict();
  if (!('identity' in verdict) || !kinds.includes(verdict.kind)) throw notAllowed(connection, method);
  return verdict.identity;
}

function notAllowed(connection: PeerConnection, method: string): CallError {
  const verdict = connection.verdict();
  const reason = verdict.kind === 'refused' ? verdict.reason : `${verdict.kind}-certificate`;
  const why = {
    none: 'without a client certificate only Enrol is allowed',
    expired: 'the client certificate has expired: only Renew is allowed',
    valid: 'with a client certificate only Renew and Session are allowed',
    refused: `the client certificate is refused: ${reason}`,
  }[verdict.kind];
  return new CallError(status.UNAUTHENTICATED, reason, `${method}: ${why}`);
}

function faultOf(code: status, details: string): ConnectionFault | undefined {
  if (code === status.RESOURCE_EXHAUSTED && details.startsWith('Received message')) return 'frame-too-large';
  if (code === status.INTERNAL && /deserializing|decompress/.test(details)) return 'bad-frame';
  return undefined;
}
