import type { SecureContext } from 'node:tls';
import {
  AgentFrame,
  CommandKind,
  type FactsReport,
  GatewayFrame,
  Hello,
  type RunRef,
  type RunResult,
} from '#proto/gen/agent.ts';
import type { SimIdentity } from './sim-enrol.ts';
import { connectSim, type SimConnection, simContext, type SimStatus, type SimStream } from './sim-grpc.ts';
import { createSimSpool, type SimPlay, type SimSpool } from './sim-spool.ts';

export interface SimOptions {
  /** host:port; the next one is tried after a failure. */
  readonly servers: readonly string[];
  readonly play?: SimPlay;
  /** Waits between connections grow from the first to the second, each with full jitter. */
  readonly backoffMs?: readonly [number, number];
  /** Sends no acknowledgements (a crash between receipt and disk). */
  readonly mute?: boolean;
  /** Answer to a FactsRequest, and the hash in the Hello. */
  readonly facts?: FactsReport;
  readonly bootId?: string;
  readonly protocol?: number;
  /** Every frame that arrives, for tests that look at the wire. */
  readonly onFrame?: (frame: GatewayFrame) => void;
}

/** An agent without a host: the real protocol over real mTLS, runs that are timers, a spool in memory. */
export interface SimAgent {
  readonly name: string;
  readonly agentId: string;
  readonly spool: SimSpool;
  /** Connects, and again after every loss, until `stop` or `crash`. */
  start(): void;
  /** Welcome has arrived and the session lasts. */
  connected(): boolean;
  /** Epoch of the last Welcome. */
  epoch(): number;
  /** How the last session (or attempt) ended. */
  lastEnd(): SimStatus | Error | undefined;
  /** Sessions that began. */
  sessions(): number;
  setPlay(play: SimPlay): void;
  setServers(servers: readonly string[]): void;
  setIdentity(identity: SimIdentity): void;
  setMute(mute: boolean): void;
  /** Drops the connection; it connects again. */
  reconnect(): void;
  /** Leaves in good order. */
  stop(): Promise<void>;
  /** kill -9: the connection breaks and nothing is done any more until `start`. */
  crash(): void;
  send(frame: AgentFrame): void;
  sendRaw(bytes: Uint8Array): void;
}

const sessionPath = '/signalbox.agent.v1.AgentGateway/Session';

export function createSimAgent(who: SimIdentity, options: SimOptions): SimAgent {
  let identity = who;
  let context: SecureContext | undefined;
  let servers = options.servers;
  let play = options.play ?? {};
  let mute = options.mute ?? false;
  const [leastMs, mostMs] = options.backoffMs ?? [200, 10_000];
  const spool = createSimSpool(() => play);
  let live = false;
  let loop: Promise<void> = Promise.resolve();
  let connection: SimConnection | undefined;
  let stream: SimStream | undefined;
  let welcomed = false;
  let epoch = 0;
  let sessions = 0;
  let lastEnd: SimStatus | Error | undefined;
  let wake: (() => void) | undefined;
  let waitMs: number | undefined;

  const send = (frame: AgentFrame) => stream?.send(AgentFrame.encode(frame).finish());
  const report = (result: RunResult) => {
    if (welcomed) send({ body: { $case: 'result', value: result } });
  };
  const acknowledge = (seq: number, run: RunRef | undefined, kind: CommandKind) => {
    if (!mute) send({ body: { $case: 'ack', value: { seq, run, kind } } });
  };

  /** Whether numbers are missing before this one. */
  function numbered(seq: number): void {
    if (seq > spool.lastSeq() + 1) send({ body: { $case: 'resync', value: { lastSeq: spool.lastSeq() } } });
    spool.sawSeq(seq);
  }

  function receive(frame: GatewayFrame): void {
    options.onFrame?.(frame);
    const { body } = frame;
    switch (body?.$case) {
      case 'welcome':
        welcomed = true;
        sessions += 1;
        epoch = body.value.epoch;
        for (const result of spool.unconfirmedResults()) report(result);
        break;
      case 'run': {
        const { seq, run } = body.value;
        if (mute) return;
        numbered(seq);
        const isNew = spool.accept(body.value, report);
        acknowledge(seq, run, CommandKind.COMMAND_KIND_RUN);
        const known = isNew || run === undefined ? undefined : spool.resultOf(run.runId);
        if (known !== undefined) report(known);
        break;
      }
      case 'kill':
        if (mute || body.value.run === undefined) return;
        numbered(body.value.seq);
        acknowledge(body.value.seq, body.value.run, CommandKind.COMMAND_KIND_KILL);
        spool.kill(body.value.run, report);
        break;
      case 'revoke':
        if (mute || body.value.run === undefined) return;
        numbered(body.value.seq);
        spool.revoke(body.value.run);
        acknowledge(body.value.seq, body.value.run, CommandKind.COMMAND_KIND_REVOKE);
        break;
      case 'resultStored':
        spool.confirm(body.value.runIds);
        break;
      case 'caughtUp':
        spool.sawSeq(body.value.seq);
        break;
      case 'factsRequest':
        if (options.facts !== undefined) send({ body: { $case: 'facts', value: options.facts } });
        break;
      case 'drain':
        waitMs = body.value.reconnectAfterMs;
        stream?.end();
        break;
      case undefined:
        break;
    }
  }

  async function oneSession(server: string): Promise<void> {
    context ??= simContext(identity);
    const opened = await connectSim(server, context);
    connection = opened;
    if (!live) {
      opened.destroy();
      return;
    }
    await new Promise<void>((resolve) => {
      stream = opened.stream(sessionPath, {
        onMessage: (message) => {
          if (connection === opened) receive(GatewayFrame.decode(message));
        },
        onEnd: (status) => {
          lastEnd = status;
          resolve();
        },
      });
      const hello = Hello.fromPartial({
        agentVersion: 'sim',
        identity: identity.identity,
        spoolId: spool.id(),
        bootId: options.bootId ?? 'boot-1',
        hostname: identity.name,
        lastSeq: spool.lastSeq(),
        openRuns: spool.openRuns(),
        factsHash: options.facts?.hash ?? '',
        protocol: options.protocol ?? 2,
      });
      send({ body: { $case: 'hello', value: hello } });
    });
    opened.destroy();
    await opened.closed;
  }

  async function run(): Promise<void> {
    let failures = 0;
    for (let turn = 0; live; turn++) {
      const server = servers[turn % servers.length];
      if (server === undefined) return;
      try {
        await oneSession(server);
      } catch (error) {
        lastEnd = error instanceof Error ? error : new Error(String(error));
      }
      failures = welcomed ? 0 : failures + 1;
      welcomed = false;
      stream = undefined;
      connection = undefined;
      if (!live) return;
      const backoff = Math.random() * Math.min(mostMs, leastMs * 2 ** failures);
      await new Promise<void>((resolve) => {
        wake = resolve;
        setTimeout(resolve, waitMs ?? backoff);
      });
      waitMs = undefined;
    }
  }

  function halt(): void {
    live = false;
    wake?.();
  }

  return {
    get name() {
      return identity.name;
    },
    agentId: who.agentId,
    spool,
    start() {
      if (live) return;
      live = true;
      loop = loop.then(run);
    },
    connected: () => welcomed,
    epoch: () => epoch,
    sessions: () => sessions,
    lastEnd: () => lastEnd,
    setPlay: (next) => void (play = next),
    setServers: (next) => void (servers = next),
    setMute: (next) => void (mute = next),
    setIdentity(next) {
      identity = next;
      context = undefined;
    },
    reconnect: () => connection?.destroy(),
    async stop() {
      halt();
      stream?.end();
      const timer = setTimeout(() => connection?.destroy(), 1_000);
      await loop;
      clearTimeout(timer);
    },
    crash() {
      halt();
      connection?.destroy();
    },
    send,
    sendRaw: (bytes) => stream?.sendRaw(bytes),
  };
}
