import { type ServerDuplexStream, type ServiceError, status } from '@grpc/grpc-js';
import type { SessionRefusal } from '#ledger/agents/sessions.ts';
import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';
import { type AgentFrame, CommandKind, type GatewayFrame, type Hello } from '#proto/gen/agent.ts';
import { CallError, toServiceError } from './call-error.ts';
import { caughtUpFrame, commandFrame } from './command-frame.ts';
import { createCommandOrder, type OrderedCommand } from './command-order.ts';
import { createFrameOutlet } from './frame-outlet.ts';
import type { ClientIdentity } from './pki/verify-client-certificate.ts';
import { isUuid, readReport, readText } from './read-report.ts';
import type { RunnableTask } from './runnable-task.ts';
import type { SessionDeps } from './session-deps.ts';
import type { AgentSession, SessionEnd } from './session-registry.ts';
import type { PeerConnection } from './tls-listener.ts';

export type SessionCall = ServerDuplexStream<AgentFrame, GatewayFrame>;

const helloTimeoutMs = 15_000;
const ackKinds: Partial<Record<CommandKind, 'run' | 'kill' | 'revoke'>> = {
  [CommandKind.COMMAND_KIND_RUN]: 'run',
  [CommandKind.COMMAND_KIND_KILL]: 'kill',
  [CommandKind.COMMAND_KIND_REVOKE]: 'revoke',
};
/** Agents read these: `revoked` and `no such agent` end them, `expired` makes them renew. */
const refusals: Record<SessionRefusal, string> = {
  revoked: 'this agent has been revoked',
  'unknown-agent': 'no such agent',
  'wrong-key': 'this certificate is for another key than the agent enrolled with',
  'certificate-replaced': 'this certificate expired when a newer one of this agent was used: renew it',
};
const endStatus: Partial<Record<SessionEnd, status>> = {
  revoked: status.UNAUTHENTICATED,
  'certificate-expired': status.UNAUTHENTICATED,
  superseded: status.ABORTED,
  offence: status.PERMISSION_DENIED,
  'bad-frame': status.INVALID_ARGUMENT,
  'too-slow': status.RESOURCE_EXHAUSTED,
  'ledger-away': status.UNAVAILABLE,
  'gateway-stops': status.UNAVAILABLE,
};

/**
 * Serves one Session call from its Hello to its end: opens the session in the ledger, sends everything outstanding,
 * then carries frames both ways. One connection carries one session; it is closed with it.
 */
export function serveSession(
  call: SessionCall,
  connection: PeerConnection,
  identity: ClientIdentity,
  deps: SessionDeps,
): void {
  let session: OpenSession | undefined;
  let greeted = false;
  let ended = false;

  const helloTimer = setTimeout(
    () => refuse(new CallError(status.DEADLINE_EXCEEDED, 'no-hello', 'no Hello came')),
    helloTimeoutMs,
  );

  function refuse(error: unknown): void {
    if (ended) return;
    ended = true;
    clearTimeout(helloTimer);
    const reason = error instanceof CallError ? error.reason : 'session-failed';
    deps.metrics.refused(reason);
    deps.logger.warn(
      { agentId: identity.agentId, peer: connection.peer, reason, err: error instanceof CallError ? undefined : error },
      'session refused',
    );
    fail(call, toServiceError(error));
    connection.close();
  }

  async function open(hello: Hello): Promise<void> {
    clearTimeout(helloTimer);
    call.pause();
    const opened = await openSession(hello, identity, deps);
    if (ended) {
      // It went away meanwhile.
      await deps.opener.close(opened);
      return;
    }
    connection.keep();
    session = createOpenSession(call, connection, identity, hello, opened, deps);
    await session.begin(hello);
    if (!ended) call.resume();
  }

  call.on('data', (frame: AgentFrame) => {
    if (ended) return;
    if (session !== undefined) {
      session.receive(frame);
      return;
    }
    if (greeted || frame.body?.$case !== 'hello') {
      refuse(new CallError(status.INVALID_ARGUMENT, 'bad-frame', 'the first frame must be a Hello'));
      return;
    }
    greeted = true;
    open(frame.body.value).catch((error: unknown) =>
      session === undefined ? refuse(error) : session.close('ledger-away'),
    );
  });
  const gone = (end: SessionEnd) => {
    if (session !== undefined) session.close(connection.fault() ?? end);
    else if (!ended) {
      ended = true;
      clearTimeout(helloTimer);
      connection.close();
    }
  };
  call.on('end', () => gone('agent-left'));
  call.on('cancelled', () => gone('connection-lost'));
  call.on('error', () => gone('connection-lost'));
}

interface Opened {
  readonly agentId: string;
  readonly name: string;
  readonly epoch: number;
  readonly nextSeq: number;
  readonly factsHash: string | null;
}

async function openSession(hello: Hello, identity: ClientIdentity, deps: SessionDeps): Promise<Opened> {
  if (hello.spoolId === '' || hello.spoolId.length > 128) {
    throw new CallError(status.INVALID_ARGUMENT, 'bad-frame', 'the Hello names no spool');
  }
  const answer = await deps.opener.open({
    agentId: identity.agentId,
    serial: identity.serial,
    keySha256: identity.keySha256,
    certificateExpiresAt: new Date(identity.notAfterMs),
    version: readText(hello.agentVersion, 100),
    spoolId: readText(hello.spoolId, 128),
    bootId: readText(hello.bootId, 128),
    address: readText(hello.address, 255),
    openRunIds: hello.openRuns.map((run) => run.runId).filter(isUuid),
  });
  if (!answer.opened) throw new CallError(status.UNAUTHENTICATED, answer.reason, refusals[answer.reason]);
  return answer;
}

type OpenSession = AgentSession & { begin(hello: Hello): Promise<void>; receive(frame: AgentFrame): void };

function createOpenSession(
  call: SessionCall,
  connection: PeerConnection,
  identity: ClientIdentity,
  hello: Hello,
  opened: Opened,
  deps: SessionDeps,
): OpenSession {
  const { agentId, name, epoch } = opened;
  const { metrics, writer, registry } = deps;
  const logger = deps.logger.child({ agentId, agent: name, epoch });
  const key = { agentId, epoch };
  const order = createCommandOrder(hello.lastSeq);
  const outlet = createFrameOutlet(call, () => session.close('too-slow'));
  const facts = deps.facts.forSession(key, opened.factsHash, () =>
    send({ body: { $case: 'factsRequest', value: {} } }),
  );
  let closed = false;
  let pulling = false;

  function send(frame: GatewayFrame): void {
    if (!closed) outlet.send(frame);
  }

  function write(ordered: readonly OrderedCommand[], tasks: ReadonlyMap<string, RunnableTask>): number {
    let sent = 0;
    for (const item of ordered) {
      if ('through' in item) {
        send(caughtUpFrame(item.through));
        continue;
      }
      const task = tasks.get(item.command.taskId);
      if (task === undefined) continue;
      send(commandFrame(item.command, task, hello.protocol));
      sent += 1;
    }
    return sent;
  }

  function acknowledged(seq: number, kind: CommandKind, runId: string | undefined): void {
    order.acknowledged(seq);
    const known = ackKinds[kind];
    if (known === undefined || !isUuid(runId)) session.close('bad-frame');
    else writer.acknowledge(session, { ...key, kind: known, runId, seq });
  }

  async function resync(): Promise<void> {
    if (pulling) return;
    pulling = true;
    try {
      const nextSeq = await deps.nextSeq(agentId);
      await deps.pull(agentId, { repeat: true });
      write(order.caughtUp(nextSeq), new Map());
    } finally {
      pulling = false;
    }
  }

  function slowDown(): void {
    if (!writer.full()) return;
    call.pause();
    void writer.ready().then(() => (closed ? undefined : call.resume()));
  }

  const session: OpenSession = {
    ...key,
    name,
    serial: identity.serial,
    notAfterMs: identity.notAfterMs,
    async begin() {
      registry.add(session);
      metrics.sessionOpened();
      logger.info({ peer: connection.peer, version: hello.agentVersion }, 'agent connected');
      send({
        body: {
          $case: 'welcome',
          value: {
            agentId,
            gatewayId: deps.gatewayId,
            epoch,
            gateways: deps.gateways(),
            maxParallelRuns: deps.maxParallelRuns,
          },
        },
      });
      // Read after the session is in the registry: what is handed out from now on finds it there.
      await deps.pull(agentId);
      write(order.caughtUp(opened.nextSeq), new Map());
      facts.hello(hello.factsHash);
    },
    receive(frame) {
      const { body } = frame;
      switch (body?.$case) {
        case 'ack':
          acknowledged(body.value.seq, body.value.kind, body.value.run?.runId);
          break;
        case 'result': {
          const report = readReport(body.value, key);
          if (report === undefined) session.close('bad-frame');
          else writer.report(session, report);
          slowDown();
          break;
        }
        case 'facts':
          facts.received(body.value);
          break;
        case 'resync':
          resync().catch((error: unknown) => logger.warn({ err: error }, 'resync failed'));
          break;
        case 'hello':
          session.close('bad-frame');
          break;
        case undefined:
          // A frame of a later protocol.
          break;
      }
    },
    deliver(commands: readonly OutstandingCommand[], tasks, { all, repeat }) {
      if (all) return { sent: write(order.fromAll(commands, { repeat: repeat ?? false }), tasks), gap: false };
      const { send: ordered, gap } = order.fromSome(commands);
      return { sent: write(ordered, tasks), gap };
    },
    confirm: (runIds) => send({ body: { $case: 'resultStored', value: { runIds: [...runIds] } } }),
    drain: (reconnectAfterMs) => send({ body: { $case: 'drain', value: { reconnectAfterMs } } }),
    close(end) {
      if (closed) return;
      closed = true;
      outlet.stop();
      registry.remove(session);
      metrics.sessionClosed(end);
      logger.info({ end }, 'session ended');
      const code = endStatus[end];
      if (code === undefined) call.end();
      else fail(call, Object.assign(new Error(end), { code, details: end }));
      connection.close();
      // A later session has its own row state; the epoch keeps this from touching it.
      void deps.opener.close(key);
    },
  };
  return session;
}

/** Ends a call with an error (grpc-js takes it as an event of the stream). */
function fail(call: SessionCall, error: Partial<ServiceError>): void {
  call.emit('error', error);
}
