import { status } from '@grpc/grpc-js';
import { agentNameSchema, parseJoinToken } from '#domain/agents/agent.ts';
import type { AgentGatewayClient, CertificateReply, EnrolRequest } from '#proto/gen/agent.ts';
import { fullJitter, pause } from './backoff.ts';
import type { Credentials, CredentialStore } from './credentials.ts';
import { FatalFault } from './exit-codes.ts';
import { createGatewayClient, isServiceError } from './gateway-client.ts';
import { type Log } from './log.ts';
import { fetchPinnedCa, UntrustedServerError } from './peer-chain.ts';

export interface EnrolmentOptions {
  readonly joinToken: string;
  readonly servers: readonly string[];
  readonly name: string;
  readonly identity: string;
  readonly version: string;
  readonly store: CredentialStore;
  readonly log: Log;
  readonly stopping: AbortSignal;
}

const callTimeoutMs = 20_000;
const leastWaitMs = 500;
const mostWaitMs = 30_000;

/**
 * Exchanges a join token for a certificate. Goes on trying while no gateway can be reached; a refusal is a FatalFault.
 * Undefined: the agent stops first. The signing request is on disk before it is sent, so an answer that was lost, also
 * in a crash, is asked for again with the same request, and the token is not wasted.
 */
export async function enrol(options: EnrolmentOptions): Promise<Credentials | undefined> {
  const token = parseJoinToken(options.joinToken);
  if (token === undefined)
    throw new FatalFault('tokenRefused', 'This is not a join token (they look like sbj_ID.SECRET.HASH)');
  if (!agentNameSchema.safeParse(options.name).success) {
    throw new FatalFault('usage', `'${options.name}' cannot be the name of an agent: give another with --name`);
  }
  const request: EnrolRequest = {
    tokenId: token.id,
    tokenSecret: token.secret,
    csrDer: await options.store.certificateRequest(options.name),
    name: options.name,
    identity: options.identity,
    agentVersion: options.version,
  };
  for (let attempt = 0; !options.stopping.aborted; attempt += 1) {
    let untrusted = 0;
    for (const address of options.servers) {
      try {
        const caPem = await fetchPinnedCa(address, token.caSha256);
        const reply = await call(address, caPem, request);
        const credentials = await options.store.save(reply);
        options.log.info('enrolled', { agent: credentials.name, agentId: credentials.agentId, gateway: address });
        return credentials;
      } catch (error) {
        if (error instanceof UntrustedServerError) untrusted += 1;
        const fatal = fatalRefusal(error);
        if (fatal !== undefined) throw fatal;
        options.log.warn('enrolment failed, trying again', { gateway: address, error });
      }
    }
    if (untrusted === options.servers.length) {
      throw new FatalFault('serverNotTrusted', `No server at ${options.servers.join(', ')} belongs to this join token`);
    }
    await pause(fullJitter(attempt, leastWaitMs, mostWaitMs), options.stopping);
  }
  return undefined;
}

async function call(address: string, caPem: string, request: EnrolRequest): Promise<CertificateReply> {
  const client: AgentGatewayClient = createGatewayClient(address, { caPem });
  try {
    return await new Promise((resolve, reject) => {
      client.waitForReady(Date.now() + callTimeoutMs, (error) => {
        if (error !== undefined) return reject(error);
        client.enrol(request, (failed, reply) => (failed === null ? resolve(reply) : reject(failed)));
      });
    });
  } finally {
    client.close();
  }
}

function fatalRefusal(error: unknown): FatalFault | undefined {
  if (!isServiceError(error)) return undefined;
  switch (error.code) {
    case status.UNAUTHENTICATED:
    case status.PERMISSION_DENIED:
    case status.INVALID_ARGUMENT:
      return new FatalFault('tokenRefused', `The server refused to enrol this host: ${error.details}`, error);
    case status.ALREADY_EXISTS:
    case status.FAILED_PRECONDITION:
      return new FatalFault('nameTaken', `The server refused to enrol this host: ${error.details}`, error);
    default:
      return undefined;
  }
}
