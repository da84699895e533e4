import { CommandKind, type GatewayFrame, type RunRef, type RunResult, type Welcome } from '#proto/gen/agent.ts';
import { isDiskFull } from './durable-file.ts';
import type { CollectedFacts } from './facts/facts.ts';
import { createFrameOutlet, type SessionCall } from './frame-outlet.ts';
import type { RunManager } from './run-manager.ts';
import { createSequenceTracker } from './sequence.ts';
import type { Spool } from './spool.ts';

/** What one stream speaks with. */
export interface ConversationOptions {
  readonly spool: Spool;
  readonly runs: RunManager;
  readonly facts: () => CollectedFacts | undefined;
  readonly hello: {
    readonly version: string;
    readonly protocol: number;
    readonly identity: string;
    readonly bootId: string;
    readonly hostname: string;
    readonly address: string;
  };
  /** Results that no disk could hold, by run id. */
  readonly unkept: Map<string, RunResult>;
  readonly onWelcome: (welcome: Welcome) => void;
}

/** How a stream ended where no error did it. */
export interface ConversationEnd {
  /** The gateway goes away and asks to wait this long. */
  readonly reconnectAfterMs?: number;
}

export interface Conversation {
  /** Speaks until the stream ends; rejects with the error that ended it. */
  speak(): Promise<ConversationEnd>;
  sendResult(runId: string): void;
  sendFactsHash(): void;
  /** Ends it; frames that come after this are not looked at. */
  close(): void;
}

const welcomeTimeoutMs = 20_000;
/** A result that is not confirmed within this time is sent again. */
const resendAfterMs = 20_000;
/** Numbers may come out of order for a moment; only what is still missing then is asked for. */
const gapPatienceMs = 300;

/** The agent's side of one Session call: Hello, commands in, acks, results and facts out. */
export function converse(call: SessionCall, options: ConversationOptions): Conversation {
  const { spool, runs, unkept } = options;
  const sequence = createSequenceTracker();
  const sentAt = new Map<string, number>();
  const outlet = createFrameOutlet(call, (error) => call.destroy(error instanceof Error ? error : undefined));
  let closed = false;
  let welcomed = false;
  let gapTimer: NodeJS.Timeout | undefined;

  function close(): void {
    if (closed) return;
    closed = true;
    outlet.stop();
    call.cancel();
  }

  function sendResult(runId: string): void {
    if (!welcomed || closed) return;
    sentAt.set(runId, performance.now());
    outlet.send(async () => {
      const run = spool.find(runId);
      const result = unkept.get(runId) ?? (run === undefined ? undefined : await spool.readResult(run));
      return result === undefined ? undefined : { $case: 'result', value: result };
    });
  }

  function sendFacts(whole: boolean): void {
    const facts = options.facts();
    if (!welcomed || facts === undefined) return;
    outlet.send({ $case: 'facts', value: { hash: facts.hash, json: whole ? facts.json : Buffer.alloc(0) } });
  }

  function acknowledge(kind: CommandKind, command: { seq: number; run: RunRef | undefined }): void {
    outlet.send({ $case: 'ack', value: { seq: command.seq, run: command.run, kind } });
    received(command.seq);
  }

  function received(seq: number): void {
    sequence.received(seq);
    if (!sequence.hasGap() || gapTimer !== undefined) return;
    gapTimer = setTimeout(() => {
      gapTimer = undefined;
      if (sequence.hasGap()) outlet.send({ $case: 'resync', value: { lastSeq: spool.lastSeq() } });
    }, gapPatienceMs);
  }

  function sayHello(): void {
    const { version, ...self } = options.hello;
    outlet.send({
      $case: 'hello',
      value: {
        ...self,
        agentVersion: version,
        spoolId: spool.id,
        lastSeq: spool.lastSeq(),
        openRuns: spool.openRuns().map(({ run }) => run),
        factsHash: options.facts()?.hash ?? '',
      },
    });
  }

  function welcome(value: Welcome): void {
    welcomed = true;
    options.onWelcome(value);
    runs.setLimit(value.maxParallelRuns);
    for (const run of spool.openRuns()) if (run.ended) sendResult(run.run.runId);
    for (const runId of unkept.keys()) sendResult(runId);
    sendFacts(false);
  }

  function resendOverdue(): void {
    const overdue = performance.now() - resendAfterMs;
    for (const [runId, at] of sentAt) if (at < overdue) sendResult(runId);
  }

  async function confirmed(runIds: readonly string[]): Promise<void> {
    for (const runId of runIds) {
      sentAt.delete(runId);
      unkept.delete(runId);
    }
    await runs.confirmed(runIds);
  }

  /** False where the disk has no room for it: then there is no ack, and the gateway sends it again later. */
  async function isKept(change: Promise<void>): Promise<boolean> {
    try {
      await change;
      return true;
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      return false;
    }
  }

  async function handle({ body }: GatewayFrame): Promise<ConversationEnd | undefined> {
    switch (body?.$case) {
      case 'welcome':
        welcome(body.value);
        break;
      case 'run':
        // Without the ack the number stays outstanding at the gateway; the result that says why ends it.
        if ((await runs.accept(body.value)) === 'kept') acknowledge(CommandKind.COMMAND_KIND_RUN, body.value);
        else received(body.value.seq);
        break;
      case 'kill':
        if (body.value.run === undefined || (await isKept(runs.kill(body.value.run, body.value.seq)))) {
          acknowledge(CommandKind.COMMAND_KIND_KILL, body.value);
        }
        break;
      case 'revoke':
        if (body.value.run === undefined || (await isKept(runs.revoke(body.value.run, body.value.seq)))) {
          acknowledge(CommandKind.COMMAND_KIND_REVOKE, body.value);
        }
        break;
      case 'resultStored':
        await isKept(confirmed(body.value.runIds));
        break;
      case 'caughtUp':
        sequence.caughtUp(body.value.seq);
        runs.release();
        break;
      case 'factsRequest':
        sendFacts(true);
        break;
      case 'drain':
        return { reconnectAfterMs: body.value.reconnectAfterMs };
      case undefined:
        // A frame of a later protocol.
        break;
    }
    return undefined;
  }

  return {
    async speak() {
      sayHello();
      const welcomeTimer = setTimeout(() => (welcomed ? undefined : call.cancel()), welcomeTimeoutMs);
      const resendTimer = setInterval(resendOverdue, resendAfterMs / 4);
      try {
        for await (const frame of call as AsyncIterable<GatewayFrame>) {
          if (closed) break;
          const end = await handle(frame);
          if (end !== undefined) return end;
        }
        return {};
      } finally {
        clearTimeout(welcomeTimer);
        clearInterval(resendTimer);
        clearTimeout(gapTimer);
        close();
      }
    },
    sendResult,
    sendFactsHash: () => sendFacts(false),
    close,
  };
}
