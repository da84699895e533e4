import { status } from '@grpc/grpc-js';
import { findAgentForRenewal } from '#ledger/agents/enrolment.ts';
import { audit } from '#ledger/audit/audit.ts';
import type { Database, Tx } from '#db/database.ts';
import { transact } from '#ledger/kernel/transact.ts';
import type { CertificateReply, RenewRequest } from '#proto/gen/agent.ts';
import { createAttemptLimiter } from './attempt-limiter.ts';
import { CallError } from './call-error.ts';
import type { CertificateAuthority } from './pki/certificate-authority.ts';
import { issueAgentCertificate, readCsr } from './pki/issue-certificate.ts';
import type { ClientIdentity } from './pki/verify-client-certificate.ts';

export interface Renewal {
  /** A new certificate for the key of the one presented; every refusal is a `CallError`. */
  renew(request: RenewRequest, identity: ClientIdentity): Promise<CertificateReply>;
}

/**
 * Renews for the agent that the certificate names, as long as it is not revoked and the key is the one it enrolled
 * with. The new certificate takes the old one's place in the ledger with its first session, so that an answer that got
 * lost locks nobody out.
 */
export function createRenewal(deps: {
  db: Database;
  authority: CertificateAuthority;
  certificateLifeMs: number;
  gateways: () => string[];
}): Renewal {
  const audited = createAttemptLimiter({ failures: 10, windowMs: 600_000 });

  async function decide(
    tx: Tx,
    request: RenewRequest,
    identity: ClientIdentity,
  ): Promise<CertificateReply | CallError> {
    const csr = await readCsr(request.csrDer);
    const agent = await findAgentForRenewal(tx, identity.agentId);
    const fault = renewalFault(csr, agent, identity);
    const actor = { id: null, name: agent?.name ?? identity.agentId };
    if (fault !== undefined || csr === undefined || agent === undefined) {
      const error = fault ?? new CallError(status.INTERNAL, 'renewal', 'renewal failed');
      const details = { reason: error.reason };
      // Counted after the transaction, which may be tried again.
      if (!audited.blocked(identity.agentId)) {
        audit(tx, { actor, action: 'agent.renew', outcome: 'denied', target: identity.agentId, details });
      }
      return error;
    }
    const { agentId } = identity;
    const issued = await issueAgentCertificate(deps.authority, {
      agentId,
      name: agent.name,
      spki: csr.spki,
      lifeMs: deps.certificateLifeMs,
    });
    audit(tx, {
      actor,
      action: 'agent.renew',
      target: agentId,
      details: { serial: issued.serial, notAfter: issued.notAfter.toISOString() },
    });
    return {
      agentId,
      name: agent.name,
      certificatePem: issued.certificatePem,
      caPem: deps.authority.certificatePem,
      notAfterMs: issued.notAfter.getTime(),
      gateways: deps.gateways(),
    };
  }

  return {
    async renew(request, identity) {
      const answer = await transact(deps.db, (tx) => decide(tx, request, identity));
      if (answer instanceof CallError) {
        audited.failed(identity.agentId);
        throw answer;
      }
      return answer;
    },
  };
}

function renewalFault(
  csr: { keySha256: string } | undefined,
  agent: { keySha256: string; revoked: boolean } | undefined,
  identity: ClientIdentity,
): CallError | undefined {
  if (csr === undefined)
    return new CallError(status.INVALID_ARGUMENT, 'bad-csr', 'the certificate signing request is not readable');
  if (agent === undefined) return new CallError(status.UNAUTHENTICATED, 'unknown-agent', 'no such agent');
  if (agent.revoked) return new CallError(status.UNAUTHENTICATED, 'revoked', 'this agent has been revoked');
  if (csr.keySha256 !== identity.keySha256 || agent.keySha256 !== identity.keySha256) {
    return new CallError(
      status.PERMISSION_DENIED,
      'wrong-key',
      'a renewal keeps the key of the certificate that was presented',
    );
  }
  return undefined;
}
