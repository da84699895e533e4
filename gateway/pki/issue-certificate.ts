import { createHash, createPublicKey } from 'node:crypto';
import { x509 } from './x509.ts';
import { type CertificateAuthority, generateKeyPem, randomSerial, signingAlgorithm } from './certificate-authority.ts';

/** Name that agents expect in a gateway's certificate, whatever address they dial. */
export const gatewayServerName = 'gateway.signalbox';
/** How an agent's certificate names it. */
export const agentUri = (agentId: string): string => `signalbox://agent/${agentId}`;

const hourMs = 3_600_000;
const serverLifeMs = 30 * 24 * hourMs;

/** A certificate as stored and sent. */
export interface IssuedCertificate {
  readonly certificatePem: string;
  /** Lower-case hexadecimal. */
  readonly serial: string;
  readonly notAfter: Date;
}

/** A fresh key and certificate for a gateway's port; the chain includes the CA's, which agents pin by its hash. */
export async function issueServerCertificate(
  authority: CertificateAuthority,
): Promise<{ keyPem: string; chainPem: string; notAfter: Date }> {
  const keyPem = await generateKeyPem();
  const spki = createPublicKey(keyPem).export({ format: 'der', type: 'spki' });
  const { certificatePem, notAfter } = await issue(authority, {
    spki,
    commonName: gatewayServerName,
    notBefore: new Date(Date.now() - 24 * hourMs),
    notAfter: new Date(Date.now() + serverLifeMs),
    usage: x509.ExtendedKeyUsage.serverAuth,
    name: { type: 'dns', value: gatewayServerName },
  });
  return { keyPem, chainPem: `${certificatePem}${authority.certificatePem}`, notAfter };
}

/** A client certificate for an agent's public key. `lifeMs` counts from now; it is valid from an hour ago. */
export async function issueAgentCertificate(
  authority: CertificateAuthority,
  agent: { agentId: string; name: string; spki: Buffer; lifeMs: number },
): Promise<IssuedCertificate> {
  const now = Date.now();
  return issue(authority, {
    spki: agent.spki,
    commonName: agent.name,
    notBefore: new Date(Math.min(now, now + agent.lifeMs) - hourMs),
    notAfter: new Date(now + agent.lifeMs),
    usage: x509.ExtendedKeyUsage.clientAuth,
    name: { type: 'url', value: agentUri(agent.agentId) },
  });
}

async function issue(
  authority: CertificateAuthority,
  request: {
    spki: Buffer;
    commonName: string;
    notBefore: Date;
    notAfter: Date;
    usage: x509.ExtendedKeyUsage;
    name: x509.JsonGeneralName;
  },
): Promise<IssuedCertificate> {
  const serial = randomSerial();
  const publicKey = new x509.PublicKey(request.spki);
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: serial,
    subject: [{ CN: [request.commonName] }],
    issuer: authority.issuer.subjectName,
    notBefore: request.notBefore,
    notAfter: request.notAfter,
    publicKey,
    signingKey: authority.signingKey,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([request.usage], false),
      new x509.SubjectAlternativeNameExtension([request.name]),
      await x509.AuthorityKeyIdentifierExtension.create(authority.issuer.publicKey),
    ],
  });
  return { certificatePem: `${certificate.toString('pem')}\n`, serial, notAfter: certificate.notAfter };
}

/** SHA-256 of a public key's SPKI DER form: how the ledger knows a key. */
export function publicKeySha256(spki: Buffer): string {
  return createHash('sha256').update(spki).digest('hex');
}

/** A CSR's public key, or undefined where it is unreadable, not signed by its own key, or no P-256 key. */
export async function readCsr(der: Uint8Array): Promise<{ spki: Buffer; keySha256: string } | undefined> {
  if (der.byteLength === 0 || der.byteLength > 8192) return undefined;
  try {
    const request = new x509.Pkcs10CertificateRequest(new Uint8Array(der));
    const spki = Buffer.from(request.publicKey.rawData);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    if (key.asymmetricKeyType !== 'ec' || key.asymmetricKeyDetails?.namedCurve !== 'prime256v1') return undefined;
    if (!(await request.verify())) return undefined;
    return { spki, keySha256: publicKeySha256(spki) };
  } catch {
    return undefined;
  }
}
