import {
  createHash,
  createPrivateKey,
  createPublicKey,
  type KeyObject,
  randomUUID,
  webcrypto,
  X509Certificate,
} from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { x509 } from './x509.ts';

/** Signs the certificates of gateways and agents. Its key never leaves the CA folder. */
export interface CertificateAuthority {
  readonly certificatePem: string;
  readonly certificate: X509Certificate;
  /** SHA-256 of the certificate's DER form, lower-case hexadecimal: what join tokens carry. */
  readonly sha256: string;
  readonly issuer: x509.X509Certificate;
  readonly signingKey: webcrypto.CryptoKey;
}

export const keyAlgorithm = { name: 'ECDSA', namedCurve: 'P-256' } as const;
export const signingAlgorithm = { name: 'ECDSA', hash: 'SHA-256' } as const;

const certificateFile = 'ca.pem';
const keyFile = 'ca.key';
const lifeYears = 20;
const hourMs = 3_600_000;

/**
 * The authority of a folder, made when there is none. Safe when several gateways start on one empty folder: each file
 * appears whole and once (hard link), the certificate is made from whichever key came first.
 */
export async function openCertificateAuthority(directory: string): Promise<CertificateAuthority> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const keyPath = join(directory, keyFile);
  const certificatePath = join(directory, certificateFile);
  if (!existsSync(keyPath)) {
    if (existsSync(certificatePath))
      throw new Error(`${certificatePath} is there but ${keyPath} is not: restore the key, or remove both`);
    await createOnce(directory, keyPath, await generateKeyPem());
  }
  const key = createPrivateKey(await readFile(keyPath));
  const signingKey = await importSigningKey(key);
  if (!existsSync(certificatePath)) {
    await createOnce(directory, certificatePath, await selfSign(key, signingKey));
  }
  const certificatePem = await readFile(certificatePath, 'utf8');
  const certificate = new X509Certificate(certificatePem);
  if (!certificate.checkPrivateKey(key)) throw new Error(`${certificatePath} does not belong to ${keyPath}`);
  return {
    certificatePem,
    certificate,
    sha256: createHash('sha256').update(certificate.raw).digest('hex'),
    issuer: new x509.X509Certificate(certificate.raw),
    signingKey,
  };
}

/** A new P-256 key as PKCS #8 PEM. */
export async function generateKeyPem(): Promise<string> {
  const pair = await webcrypto.subtle.generateKey(keyAlgorithm, true, ['sign', 'verify']);
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', pair.privateKey));
  return createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' })
    .export({ format: 'pem', type: 'pkcs8' })
    .toString();
}

function importSigningKey(key: KeyObject): Promise<webcrypto.CryptoKey> {
  return webcrypto.subtle.importKey('pkcs8', key.export({ format: 'der', type: 'pkcs8' }), keyAlgorithm, false, [
    'sign',
  ]);
}

async function selfSign(key: KeyObject, signingKey: webcrypto.CryptoKey): Promise<string> {
  const publicKey = new x509.PublicKey(createPublicKey(key).export({ format: 'der', type: 'spki' }));
  const subject = [{ CN: [`Signalbox CA ${randomUUID().slice(0, 8)}`] }];
  const now = Date.now();
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: randomSerial(),
    subject,
    issuer: subject,
    // A host whose clock is a little behind must be able to join at once.
    notBefore: new Date(now - 24 * hourMs),
    notAfter: new Date(now + lifeYears * 365 * 24 * hourMs),
    publicKey,
    signingKey,
    signingAlgorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(publicKey),
    ],
  });
  return `${certificate.toString('pem')}\n`;
}

/** 128 random bits as hexadecimal, positive and without leading zeros, so that every tool prints it alike. */
export function randomSerial(): string {
  const bytes = webcrypto.getRandomValues(new Uint8Array(16));
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return Buffer.from(bytes).toString('hex');
}

/** Writes a 0600 file that appears whole; where another process was first, its file stays. */
async function createOnce(directory: string, path: string, content: string): Promise<void> {
  const draft = join(directory, `.${randomUUID()}`);
  const file = await open(draft, 'wx', 0o600);
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  try {
    await link(draft, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    await unlink(draft);
  }
}
