import type { Welcome } from '#proto/gen/agent.ts';
import { fullJitter, pause } from './backoff.ts';
import { converse, type Conversation, type ConversationOptions } from './conversation.ts';
import type { Credentials, CredentialStore } from './credentials.ts';
import { FatalFault } from './exit-codes.ts';
import { createGatewayClient, isExpiry, isRevocation } from './gateway-client.ts';
import { type Log } from './log.ts';
import { renew, renewalDueMs } from './renewal.ts';

export interface SessionOptions extends Omit<ConversationOptions, 'onWelcome'> {
  /** Addresses given on the command line; those that gateways tell come after them. */
  readonly servers: readonly string[];
  readonly credentials: Credentials;
  readonly store: CredentialStore;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

/** Keeps one stream to one of the gateways, for as long as the agent lives. */
export interface Session {
  /** Resolves when the agent stops; rejects with a FatalFault that no retry mends. */
  run(): Promise<void>;
  /** A result can be sent; without a stream it goes out after the next Welcome. */
  resultReady(runId: string): void;
  factsChanged(): void;
}

const leastWaitMs = 500;
const mostWaitMs = 30_000;
/** A stream that lasted this long was a good one: the back-off starts anew. */
const goodStreamMs = 10_000;
const renewalCheckMs = 60_000;

export function createSession(options: SessionOptions): Session {
  const { log, store, stopping } = options;
  let credentials = options.credentials;
  let current: Conversation | undefined;
  let gateways = credentials.gateways;

  const addresses = () => [...new Set([...options.servers, ...gateways])];

  /** Renews when it is due; a failure waits for the next time, so long as the old certificate is good. */
  async function renewIfDue(address: string): Promise<boolean> {
    if (Date.now() < renewalDueMs(credentials)) return false;
    try {
      credentials = await renew(address, credentials, store);
      log.info('certificate renewed', { until: new Date(credentials.notAfterMs).toISOString() });
      return true;
    } catch (error) {
      if (error instanceof FatalFault || Date.now() > credentials.notAfterMs) throw error;
      log.warn('certificate not renewed, trying again', { gateway: address, error });
      return false;
    }
  }

  function welcome(address: string, { gatewayId, epoch, gateways: told }: Welcome): void {
    log.info('connected', { gateway: address, gatewayId, epoch });
    if (told.length === 0) return;
    gateways = told;
    store.saveGateways(told).catch((error: unknown) => log.warn('gateways not saved', { error }));
  }

  /** One stream from its beginning to its end; returns how long to wait where the gateway asked for it. */
  async function connect(address: string): Promise<number | undefined> {
    await renewIfDue(address);
    const client = createGatewayClient(address, credentials);
    const conversation = converse(client.session(), { ...options, onWelcome: (value) => welcome(address, value) });
    current = conversation;
    const renewal = setInterval(() => {
      // The new certificate counts from the next stream on.
      renewIfDue(address).then(
        (renewed) => (renewed ? conversation.close() : undefined),
        () => conversation.close(),
      );
    }, renewalCheckMs);
    const stop = () => conversation.close();
    stopping.addEventListener('abort', stop);
    try {
      const { reconnectAfterMs } = await conversation.speak();
      return reconnectAfterMs;
    } finally {
      current = undefined;
      clearInterval(renewal);
      stopping.removeEventListener('abort', stop);
      client.close();
    }
  }

  return {
    async run() {
      let failures = 0;
      for (let turn = 0; !stopping.aborted; turn += 1) {
        const known = addresses();
        const address = known[turn % known.length] ?? '';
        const began = performance.now();
        let waitMs: number | undefined;
        try {
          waitMs = await connect(address);
          if (!stopping.aborted) log.info('the gateway ended the session', { gateway: address });
        } catch (error) {
          if (stopping.aborted) return;
          if (error instanceof FatalFault) throw error;
          if (isRevocation(error)) throw new FatalFault('revoked', `This agent was revoked: ${error.details}`, error);
          log.warn('no session', { gateway: address, error });
          if (isExpiry(error))
            credentials = { ...credentials, notAfterMs: Math.min(credentials.notAfterMs, Date.now()) };
        }
        failures = performance.now() - began > goodStreamMs ? 0 : failures + 1;
        const rounds = Math.floor(Math.max(0, failures - 1) / known.length);
        await pause(
          waitMs === undefined ? fullJitter(rounds, leastWaitMs, mostWaitMs) : Math.random() * waitMs,
          stopping,
        );
      }
    },
    resultReady: (runId) => current?.sendResult(runId),
    factsChanged: () => current?.sendFactsHash(),
  };
}
