import { randomUUID, type X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer, type TLSSocket } from 'node:tls';
import { Metadata, Server, ServerCredentials, type ServerDuplexStream, status } from '@grpc/grpc-js';
import { formatJoinToken } from '#domain/agents/agent.ts';
import { openCertificateAuthority } from '#gateway/pki/certificate-authority.ts';
import { issueAgentCertificate, issueServerCertificate, readCsr } from '#gateway/pki/issue-certificate.ts';
import {
  type AgentFrame,
  AgentGatewayService,
  type CertificateReply,
  type CommandAck,
  type EnrolRequest,
  type FactsReport,
  type GatewayFrame,
  type Hello,
  type RunResult,
} from '#proto/gen/agent.ts';
import { eventually } from '#tests/support/eventually.ts';

type GatewayBody = NonNullable<GatewayFrame['body']>;

/** One Session call as the server saw it. */
export interface SeenSession {
  readonly hello: Hello;
  readonly serial: string;
  send(body: GatewayBody): void;
  end(): void;
  fail(code: status, details: string): void;
}

/**
 * The least that speaks the agent protocol over real mutual TLS, with no ledger behind it: it writes down what comes
 * and does what the test says. How the real gateway behaves is tested there and end to end.
 */
export interface ProtocolServer {
  readonly address: string;
  readonly joinToken: string;
  readonly enrolments: EnrolRequest[];
  readonly renewals: number[];
  readonly sessions: SeenSession[];
  readonly acks: CommandAck[];
  readonly results: RunResult[];
  readonly facts: FactsReport[];
  readonly resyncs: number[];
  /** What the next Enrol, Renew or Session is refused with; one each. */
  readonly refusals: { code: status; details: string }[];
  /** Are results confirmed as they come? */
  confirm: boolean;
  /** Lives of the next certificates; then a day each. */
  readonly certificateLivesMs: number[];
  /** Sent after each Welcome. */
  onSession: (session: SeenSession) => void;
  /** The open session; waits for the nth. */
  session(count?: number): Promise<SeenSession>;
  /** Cuts every connection. */
  cut(): void;
  stop(): Promise<void>;
}

export async function startProtocolServer(): Promise<ProtocolServer> {
  const caFolder = await mkdtemp(join(tmpdir(), 'signalbox-ca-'));
  const authority = await openCertificateAuthority(caFolder);
  const issued = await issueServerCertificate(authority);
  const sockets = new Map<string, TLSSocket>();
  const agentId = randomUUID();
  const secret = 's'.repeat(43);
  const tokenId = randomUUID();

  const listener = createServer({
    key: issued.keyPem,
    cert: issued.chainPem,
    ca: [authority.certificatePem],
    requestCert: true,
    rejectUnauthorized: false,
    ALPNProtocols: ['h2'],
  });
  const grpc = new Server();
  const injector = grpc.createConnectionInjector(ServerCredentials.createInsecure());
  listener.on('secureConnection', (socket) => {
    const peer = `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.set(peer, socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(peer));
    injector.injectConnection(socket);
  });

  const certificateOf = (peer: string): X509Certificate | undefined => sockets.get(peer)?.getPeerX509Certificate();
  const refusal = () => {
    const refused = server.refusals.shift();
    return refused === undefined
      ? undefined
      : Object.assign(new Error(refused.details), { ...refused, metadata: new Metadata() });
  };

  async function certify(csrDer: Buffer, name: string): Promise<CertificateReply> {
    const csr = await readCsr(csrDer);
    if (csr === undefined) throw new Error('not a CSR');
    const certificate = await issueAgentCertificate(authority, {
      agentId,
      name,
      spki: csr.spki,
      lifeMs: server.certificateLivesMs.shift() ?? 86_400_000,
    });
    return {
      agentId,
      name,
      certificatePem: certificate.certificatePem,
      caPem: authority.certificatePem,
      notAfterMs: certificate.notAfter.getTime(),
      gateways: [server.address],
    };
  }

  function serve(call: ServerDuplexStream<AgentFrame, GatewayFrame>): void {
    const certificate = certificateOf(call.getPeer());
    const refused = refusal();
    if (certificate === undefined || refused !== undefined) {
      call.emit('error', refused ?? Object.assign(new Error('no certificate'), { code: status.UNAUTHENTICATED }));
      return;
    }
    let session: SeenSession | undefined;
    call.on('error', () => {});
    call.on('data', ({ body }: AgentFrame) => {
      if (body?.$case === 'hello') {
        session = {
          hello: body.value,
          serial: certificate.serialNumber,
          send: (frame) => void call.write({ body: frame }),
          end: () => call.end(),
          fail: (code, details) => void call.emit('error', Object.assign(new Error(details), { code, details })),
        };
        const value = {
          agentId,
          gatewayId: 'test',
          epoch: server.sessions.length + 1,
          gateways: [server.address],
          maxParallelRuns: 8,
        };
        session.send({ $case: 'welcome', value });
        server.sessions.push(session);
        server.onSession(session);
      } else if (body?.$case === 'ack') server.acks.push(body.value);
      else if (body?.$case === 'facts') server.facts.push(body.value);
      else if (body?.$case === 'resync') server.resyncs.push(body.value.lastSeq);
      else if (body?.$case === 'result') {
        server.results.push(body.value);
        if (server.confirm) session?.send({ $case: 'resultStored', value: { runIds: [body.value.run?.runId ?? ''] } });
      }
    });
    call.on('end', () => call.end());
  }

  grpc.addService(AgentGatewayService, {
    enrol(call: { request: EnrolRequest }, callback: (error: Error | null, reply?: CertificateReply) => void) {
      server.enrolments.push(call.request);
      const refused = refusal();
      if (refused !== undefined) return callback(refused);
      certify(call.request.csrDer, call.request.name).then((reply) => callback(null, reply), callback);
    },
    renew(
      call: { request: { csrDer: Buffer }; getPeer(): string },
      callback: (error: Error | null, reply?: CertificateReply) => void,
    ) {
      server.renewals.push(certificateOf(call.getPeer())?.validToDate.getTime() ?? 0);
      const refused = refusal();
      if (refused !== undefined) return callback(refused);
      certify(call.request.csrDer, 'renewed').then((reply) => callback(null, reply), callback);
    },
    session: serve,
  });

  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const server: ProtocolServer = {
    address: `127.0.0.1:${(listener.address() as AddressInfo).port}`,
    joinToken: formatJoinToken({ id: tokenId, secret, caSha256: authority.sha256 }),
    enrolments: [],
    renewals: [],
    sessions: [],
    acks: [],
    results: [],
    facts: [],
    resyncs: [],
    refusals: [],
    confirm: true,
    certificateLivesMs: [],
    onSession: (session) => session.send({ $case: 'caughtUp', value: { seq: session.hello.lastSeq } }),
    session: (count = 1) =>
      eventually(`session ${count}`, () => server.sessions[count - 1], { withinMs: 30_000, everyMs: 20 }),
    cut: () => sockets.forEach((socket) => socket.destroy()),
    async stop() {
      grpc.forceShutdown();
      server.cut();
      listener.close();
      await rm(caFolder, { recursive: true, force: true });
    },
  };
  return server;
}
