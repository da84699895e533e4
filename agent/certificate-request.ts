import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';

/** A new ECDSA P-256 key as PKCS #8 PEM. */
export function generateKeyPem(): string {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .privateKey.export({ format: 'pem', type: 'pkcs8' })
    .toString();
}

/**
 * A certificate signing request (PKCS #10, RFC 2986) in DER for a P-256 key, with a common name and nothing else. The
 * structure is fixed and small, so it is written out here rather than by an ASN.1 library that an agent would carry.
 */
export function createCertificateRequest(keyPem: string, commonName: string): Buffer {
  const commonNameOid = Buffer.from('0603550403', 'hex');
  const ecdsaWithSha256Oid = Buffer.from('06082a8648ce3d040302', 'hex');
  const subject = sequence(set(sequence(commonNameOid, element(0x0c, Buffer.from(commonName, 'utf8')))));
  const publicKey = createPublicKey(keyPem).export({ format: 'der', type: 'spki' });
  const version = Buffer.from('020100', 'hex');
  const noAttributes = Buffer.from('a000', 'hex');
  const info = sequence(version, subject, publicKey, noAttributes);
  const signature = sign('sha256', info, { key: keyPem, dsaEncoding: 'der' });
  return sequence(info, sequence(ecdsaWithSha256Oid), element(0x03, Buffer.concat([Buffer.of(0), signature])));
}

const sequence = (...parts: Buffer[]) => element(0x30, Buffer.concat(parts));
const set = (...parts: Buffer[]) => element(0x31, Buffer.concat(parts));

function element(tag: number, content: Buffer): Buffer {
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.of(tag, length), content]);
  const bytes = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...bytes]), content]);
}
