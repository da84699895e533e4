import type { X509Certificate } from 'node:crypto';
import type { CertificateAuthority } from './certificate-authority.ts';
import { publicKeySha256 } from './issue-certificate.ts';

/** Who a peer is, by the certificate whose key the TLS handshake proved. */
export interface ClientIdentity {
  readonly agentId: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly keySha256: string;
  readonly notAfterMs: number;
}

/** `expired`: by no more than 90 days, good for a renewal and nothing else. */
export type ClientVerdict =
  | { readonly kind: 'none' }
  | { readonly kind: 'valid' | 'expired'; readonly identity: ClientIdentity }
  | { readonly kind: 'refused'; readonly reason: string };

const clientAuth = '1.3.6.1.5.5.7.3.2';
const renewableMs = 90 * 86_400_000;
const agentName = /^URI:signalbox:\/\/agent\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/**
 * Judges the certificate that a peer presented (undefined for none): signed by our CA, within its dates, for
 * client authentication only, with exactly one name, an agent's. What the ledger says of the agent comes later.
 */
export function verifyClientCertificate(
  authority: CertificateAuthority,
  certificate: X509Certificate | undefined,
  nowMs: number = Date.now(),
): ClientVerdict {
  if (certificate === undefined) return { kind: 'none' };
  const refused = (reason: string): ClientVerdict => ({ kind: 'refused', reason });
  if (certificate.ca || !certificate.checkIssued(authority.certificate)) return refused('unknown-authority');
  if (!certificate.verify(authority.certificate.publicKey)) return refused('unknown-authority');
  // keyUsage is what Node calls the extended key usage.
  const usages = certificate.keyUsage as readonly string[] | undefined;
  if (usages?.length !== 1 || usages[0] !== clientAuth) return refused('not-a-client-certificate');
  const agentId = agentName.exec(certificate.subjectAltName ?? '')?.[1];
  if (agentId === undefined) return refused('no-agent-name');
  const notAfterMs = certificate.validToDate.getTime();
  if (nowMs < certificate.validFromDate.getTime()) return refused('not-yet-valid');
  if (nowMs > notAfterMs + renewableMs) return refused('expired-too-long');
  const spki = certificate.publicKey.export({ format: 'der', type: 'spki' });
  const identity = {
    agentId,
    serial: certificate.serialNumber.toLowerCase(),
    keySha256: publicKeySha256(spki),
    notAfterMs,
  };
  return { kind: nowMs > notAfterMs ? 'expired' : 'valid', identity };
}
