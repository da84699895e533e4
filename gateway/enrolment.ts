import { createHash, randomUUID, timingSafeEqual, X509Certificate } from 'node:crypto';
import { status } from '@grpc/grpc-js';
import { record as recordAgent } from '#ledger/agents/record.ts';
import { revokeAgent } from '#ledger/agents/revoke-agent.ts';
import {
  bindEnrolledMachine,
  insertAgent,
  lockMachineByIdentity,
  markCloneSuspected,
  nameTakenBy,
  putMachine,
} from '#ledger/agents/enrolment.ts';
import { type LockedJoinToken, lockJoinToken, markJoinTokenUsed } from '#ledger/agents/join-tokens.ts';
import { audit } from '#ledger/audit/audit.ts';
import type { Database, Tx } from '#db/database.ts';
import { nodesOfMachine } from '#db/tree/bindings.ts';
import { emitEvent } from '#ledger/kernel/live-events.ts';
import { transact } from '#ledger/kernel/transact.ts';
import { agentNameSchema } from '#domain/agents/agent.ts';
import { nameKey } from '#domain/name-rule.ts';
import type { CertificateReply, EnrolRequest } from '#proto/gen/agent.ts';
import { createAttemptLimiter } from './attempt-limiter.ts';
import { CallError } from './call-error.ts';
import type { CertificateAuthority } from './pki/certificate-authority.ts';
import { issueAgentCertificate, readCsr } from './pki/issue-certificate.ts';

export interface Enrolment {
  /** Certificate for a join token and a CSR; every refusal is a `CallError`. */
  enrol(request: EnrolRequest, address: string): Promise<CertificateReply>;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A refusal together with what has to stay in the ledger although the enrolment did not happen. */
interface Refusal {
  readonly error: CallError;
  readonly cloneOf?: string;
  /** A wrong secret counts against its address. */
  readonly guess?: boolean;
}

export function createEnrolment(deps: {
  db: Database;
  authority: CertificateAuthority;
  certificateLifeMs: number;
  gateways: () => string[];
}): Enrolment {
  const { db, authority } = deps;
  const limiter = createAttemptLimiter({ failures: 10, windowMs: 60_000 });
  // An agent that asks again and again with a stale token must not fill the audit.
  const audited = createAttemptLimiter({ failures: 30, windowMs: 600_000 });

  async function enrol(given: EnrolRequest, address: string): Promise<CertificateReply> {
    const request = { ...given, identity: given.identity.toLowerCase() };
    if (limiter.blocked(address)) {
      throw new CallError(
        status.RESOURCE_EXHAUSTED,
        'enrol-rate-limited',
        'too many failed attempts from this address, wait a minute',
      );
    }
    const csr = await readCsr(request.csrDer);
    if (csr === undefined) {
      throw new CallError(
        status.INVALID_ARGUMENT,
        'bad-csr',
        'the certificate signing request must be signed by its own P-256 key',
      );
    }
    if (!uuid.test(request.identity)) {
      throw new CallError(status.INVALID_ARGUMENT, 'bad-identity', 'the identity of the machine must be a UUID');
    }
    const outcome = await transact(db, (tx) => decide(tx, request, csr)).catch((error: unknown) => {
      // Two agents took one name or one identity at the same moment; this one came second.
      if ((error as { code?: unknown }).code === '23505') return nameTaken(request.name, 'agent');
      throw error;
    });
    if (!('error' in outcome)) return outcome;
    if (outcome.guess === true) limiter.failed(address);
    if (!audited.blocked(address)) await record(outcome, request, address);
    audited.failed(address);
    throw outcome.error;
  }

  async function decide(
    tx: Tx,
    request: EnrolRequest,
    csr: { spki: Buffer; keySha256: string },
  ): Promise<CertificateReply | Refusal> {
    const token = uuid.test(request.tokenId) ? await lockJoinToken(tx, request.tokenId) : undefined;
    if (token === undefined || !secretMatches(token, request.tokenSecret)) {
      return { guess: true, error: new CallError(status.UNAUTHENTICATED, 'bad-token', 'this join token is not valid') };
    }
    if (token.expired)
      return refuse(status.UNAUTHENTICATED, 'expired-token', 'this join token has expired, ask for a new one');
    if (token.usedKeySha256 !== null) return repeat(token, csr.keySha256);

    const name = request.name === '' ? (token.agentName ?? '') : request.name;
    if (!agentNameSchema.safeParse(name).success) {
      return refuse(
        status.INVALID_ARGUMENT,
        'bad-name',
        "the agent's name must be 1–128 letters, digits, dots, - or _, and no address or id",
      );
    }
    if (token.agentName !== null && nameKey(token.agentName) !== nameKey(name)) {
      return refuse(
        status.PERMISSION_DENIED,
        'other-name',
        `this join token is for an agent named '${token.agentName}', not '${name}'`,
      );
    }
    const taken = await nameTakenBy(tx, name, request.identity);
    if (taken !== undefined) return nameTaken(name, taken);
    const machine = await lockMachineByIdentity(tx, request.identity);
    if (machine?.agentId !== undefined && machine.agentId !== null) {
      if (machine.agentState === 'online') {
        return {
          cloneOf: machine.id,
          error: new CallError(
            status.FAILED_PRECONDITION,
            'identity-in-use',
            `agent '${machine.agentName}' with this machine's identity is connected right now: a copied identity file, or stop that agent first`,
          ),
        };
      }
      await revokeAgent(tx, machine.agentId);
    }
    return join(tx, {
      token,
      name,
      identity: request.identity,
      version: request.agentVersion,
      replaces: machine?.agentId ?? null,
      csr,
    });
  }

  async function join(
    tx: Tx,
    input: {
      token: LockedJoinToken;
      name: string;
      identity: string;
      version: string;
      replaces: string | null;
      csr: { spki: Buffer; keySha256: string };
    },
  ): Promise<CertificateReply> {
    const { token, name } = input;
    const agentId = randomUUID();
    const { id: machineId } = await putMachine(tx, { id: randomUUID(), name, identity: input.identity });
    const issued = await issueAgentCertificate(authority, {
      agentId,
      name,
      spki: input.csr.spki,
      lifeMs: deps.certificateLifeMs,
    });
    await insertAgent(tx, {
      id: agentId,
      machineId,
      name,
      serial: issued.serial,
      keySha256: input.csr.keySha256,
      version: input.version.slice(0, 100),
      certificateExpiresAt: issued.notAfter,
    });
    await markJoinTokenUsed(tx, token.id, {
      keySha256: input.csr.keySha256,
      agentId,
      certificatePem: issued.certificatePem,
    });
    if (token.nodeId !== null) {
      await bindEnrolledMachine(tx, { nodeId: token.nodeId, machineId, boundBy: token.createdBy });
      await emitEvent(tx, 'tree', { node: token.nodeId });
    }
    const { identity, replaces } = input;
    await recordAgent(
      tx,
      { id: agentId, name },
      {
        state: 'offline',
        audit: {
          by: { actor: { id: null, name: `join-token ${token.id}` } },
          action: 'agent.enrol',
          nodes: await nodesOfMachine(tx, machineId),
          details: { agentId, machineId, identity, createdBy: token.createdBy, replaces },
        },
      },
    );
    return reply(agentId, name, issued.certificatePem);
  }

  function repeat(token: LockedJoinToken, keySha256: string): CertificateReply | Refusal {
    if (token.usedKeySha256 !== keySha256 || token.certificatePem === null || token.agentId === null) {
      return refuse(status.UNAUTHENTICATED, 'used-token', 'this join token has been used already, ask for a new one');
    }
    const name = /(?:^|\n)CN=(.*)/.exec(new X509Certificate(token.certificatePem).subject)?.[1] ?? '';
    return reply(token.agentId, name, token.certificatePem);
  }

  function reply(agentId: string, name: string, certificatePem: string): CertificateReply {
    const notAfterMs = new X509Certificate(certificatePem).validToDate.getTime();
    return { agentId, name, certificatePem, caPem: authority.certificatePem, notAfterMs, gateways: deps.gateways() };
  }

  /** What a refused enrolment leaves behind, in a transaction of its own. */
  async function record(refusal: Refusal, request: EnrolRequest, address: string): Promise<void> {
    const { cloneOf, error } = refusal;
    await transact(db, async (tx) => {
      if (cloneOf !== undefined) await markCloneSuspected(tx, cloneOf);
      audit(tx, {
        actor: { id: null, name: `join-token ${uuid.test(request.tokenId) ? request.tokenId : '(unreadable)'}` },
        action: 'agent.enrol',
        outcome: 'denied',
        target: request.name.slice(0, 128),
        details: { reason: error.reason },
        ip: address,
      });
    });
  }

  return { enrol };
}

function refuse(code: status, reason: string, message: string): Refusal {
  return { error: new CallError(code, reason, message) };
}

function nameTaken(name: string, by: 'agent' | 'machine'): Refusal {
  return refuse(
    status.ALREADY_EXISTS,
    'name-taken',
    by === 'agent'
      ? `another agent is named '${name}': choose another name, or revoke that one`
      : `another machine (with another identity) is on record as '${name}': choose another name`,
  );
}

function secretMatches(token: LockedJoinToken, secret: string): boolean {
  const given = createHash('sha256').update(secret).digest();
  return timingSafeEqual(given, Buffer.from(token.secretSha256, 'hex'));
}
