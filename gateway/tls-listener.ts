import { createServer, type TLSSocket } from 'node:tls';
import type { AddressInfo } from 'node:net';
import type { Logger } from '#platform/logging.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { CertificateAuthority } from './pki/certificate-authority.ts';
import { issueServerCertificate } from './pki/issue-certificate.ts';
import { type ClientVerdict, verifyClientCertificate } from './pki/verify-client-certificate.ts';

/** One TLS connection of a peer, judged by the certificate that its handshake proved. */
export interface PeerConnection {
  readonly peer: string;
  /** IP address without the port. */
  readonly address: string;
  /** Judged anew at each call: a certificate may expire while the connection lasts. */
  verdict(): ClientVerdict;
  /** A session lives on it: the limit for idle connections no longer applies. */
  keep(): void;
  /** Ends the connection; what was written before gets a moment to leave. */
  close(): void;
  /** Ends it for something that no agent of ours sends; its session tells the word. */
  condemn(fault: ConnectionFault): void;
  fault(): ConnectionFault | undefined;
}

export type ConnectionFault = 'frame-too-large' | 'bad-frame';

export interface TlsListener {
  /** Listens; port 0 takes a free one. */
  start(): Promise<{ host: string; port: number }>;
  /** By `call.getPeer()`. */
  connection(peer: string): PeerConnection | undefined;
  /** Takes no more connections; those there are stay. */
  stopAccepting(): void;
  /** Cuts every connection. */
  stop(): Promise<void>;
}

const handshakeTimeoutMs = 30_000;
/** A connection without a session (enrolment, renewal, silence) lasts no longer. */
const sessionlessMs = 60_000;
const flushMs = 200;
/** The server certificate lives 30 days; a gateway that runs on gets a new one each week. */
const reissueMs = 7 * 86_400_000;

/**
 * The one port of a gateway. The TLS layer asks for a client certificate but lets everybody in; who may do what is
 * decided by our own check, so that a host without a certificate can enrol and one with an expired certificate renew.
 */
export function createTlsListener(options: {
  host: string;
  port: number;
  authority: CertificateAuthority;
  onConnection: (socket: TLSSocket) => void;
  metrics: GatewayMetrics;
  logger: Logger;
}): TlsListener {
  const { authority, metrics, logger } = options;
  const connections = new Map<string, PeerConnection & { destroy(): void }>();
  let reissue: NodeJS.Timeout | undefined;

  const server = createServer({
    ca: [authority.certificatePem],
    requestCert: true,
    rejectUnauthorized: false,
    minVersion: 'TLSv1.3',
    ALPNProtocols: ['h2'],
    handshakeTimeout: handshakeTimeoutMs,
  });
  server.on('tlsClientError', (error: NodeJS.ErrnoException, socket) => {
    metrics.refused('tls-handshake');
    logger.debug({ peer: socket.remoteAddress, code: error.code }, 'TLS handshake failed');
  });
  server.on('secureConnection', (socket) => {
    socket.on('error', () => socket.destroy());
    const address = socket.remoteAddress;
    if (socket.alpnProtocol !== 'h2' || address === undefined) {
      metrics.refused('not-http2');
      socket.destroy();
      return;
    }
    const connection = createConnection(socket, address, authority);
    const first = connection.verdict();
    if (first.kind === 'refused') {
      metrics.refused(first.reason);
      logger.warn({ peer: connection.peer, reason: first.reason }, 'client certificate refused');
    }
    connections.set(connection.peer, connection);
    socket.once('close', () => connections.delete(connection.peer));
    socket.setNoDelay(true);
    options.onConnection(socket);
  });

  async function renewServerCertificate(): Promise<void> {
    const { keyPem, chainPem } = await issueServerCertificate(authority);
    server.setSecureContext({ ca: [authority.certificatePem], key: keyPem, cert: chainPem, minVersion: 'TLSv1.3' });
  }

  return {
    async start() {
      await renewServerCertificate();
      reissue = setInterval(() => {
        renewServerCertificate().catch((error: unknown) =>
          logger.error({ err: error }, 'server certificate not renewed'),
        );
      }, reissueMs).unref();
      await new Promise<void>((resolve, reject) => {
        server.once('error', reject);
        server.listen({ port: options.port, host: options.host, backlog: 4096 }, () => {
          server.off('error', reject);
          resolve();
        });
      });
      const { address, port } = server.address() as AddressInfo;
      return { host: address, port };
    },
    connection: (peer) => connections.get(peer),
    stopAccepting() {
      clearInterval(reissue);
      server.close();
    },
    async stop() {
      clearInterval(reissue);
      const closed = new Promise<void>((resolve) => (server.listening ? server.close(() => resolve()) : resolve()));
      for (const connection of connections.values()) connection.destroy();
      await closed;
    },
  };
}

function createConnection(
  socket: TLSSocket,
  address: string,
  authority: CertificateAuthority,
): PeerConnection & { destroy(): void } {
  const judged = verifyClientCertificate(authority, socket.getPeerX509Certificate());
  const idle = setTimeout(() => socket.destroy(), sessionlessMs);
  let fault: ConnectionFault | undefined;
  socket.once('close', () => clearTimeout(idle));
  const close = () => void setTimeout(() => socket.destroy(), flushMs);
  return {
    peer: `${address}:${socket.remotePort}`,
    address,
    verdict: () =>
      judged.kind === 'valid' && judged.identity.notAfterMs < Date.now()
        ? { kind: 'expired', identity: judged.identity }
        : judged,
    keep: () => clearTimeout(idle),
    close,
    condemn(word) {
      fault ??= word;
      close();
    },
    fault: () => fault,
    destroy: () => socket.destroy(),
  };
}
