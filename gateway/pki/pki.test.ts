import { execFileSync } from 'node:child_process';
import { createPublicKey, X509Certificate } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CertificateAuthority, generateKeyPem, openCertificateAuthority } from './certificate-authority.ts';
import { issueAgentCertificate, issueServerCertificate, readCsr } from './issue-certificate.ts';
import { verifyClientCertificate } from './verify-client-certificate.ts';

const agentId = '0190c2a4-0000-7000-8000-000000000001';
const hourMs = 3_600_000;
let root: string;
let authority: CertificateAuthority;
let spki: Buffer;

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'signalbox-pki-'));
  authority = await openCertificateAuthority(join(root, 'ca'));
  spki = createPublicKey(await generateKeyPem()).export({ format: 'der', type: 'spki' });
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

const certificate = (pem: string) => new X509Certificate(pem);

describe('openCertificateAuthority', () => {
  it('makes one authority when several gateways start on one empty folder', async () => {
    const directory = join(root, 'race');
    const all = await Promise.all(Array.from({ length: 8 }, () => openCertificateAuthority(directory)));
    expect(new Set(all.map((one) => one.sha256)).size).toBe(1);
    expect(readdirSync(directory).sort()).toEqual(['ca.key', 'ca.pem']);
    expect(statSync(join(directory, 'ca.key')).mode & 0o777).toBe(0o600);
  });

  it('opens the same authority again, and makes the certificate where only the key was written before a crash', async () => {
    expect((await openCertificateAuthority(join(root, 'ca'))).sha256).toBe(authority.sha256);
    const directory = join(root, 'half');
    const first = await openCertificateAuthority(directory);
    rmSync(join(directory, 'ca.pem'));
    const second = await openCertificateAuthority(directory);
    expect(second.certificate.publicKey.equals(first.certificate.publicKey)).toBe(true);
  });

  it('refuses a certificate that does not belong to the key', async () => {
    const directory = join(root, 'mixed');
    await openCertificateAuthority(directory);
    writeFileSync(join(directory, 'ca.pem'), authority.certificatePem);
    await expect(openCertificateAuthority(directory)).rejects.toThrow('does not belong');
  });

  it('issues a server certificate that openssl verifies, with the CA in its chain', async () => {
    const { chainPem } = await issueServerCertificate(authority);
    expect(chainPem.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    const file = join(root, 'server.pem');
    writeFileSync(file, chainPem);
    const answer = execFileSync('openssl', [
      ...['verify', '-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'gateway.signalbox'],
      ...['-CAfile', join(root, 'ca', 'ca.pem'), file],
    ]);
    expect(answer.toString()).toContain('OK');
  });
});

describe('verifyClientCertificate', () => {
  const issue = (lifeMs: number) => issueAgentCertificate(authority, { agentId, name: 'web-1', spki, lifeMs });

  it('accepts what the authority issued, and says who it is', async () => {
    const issued = await issue(hourMs);
    const verdict = verifyClientCertificate(authority, certificate(issued.certificatePem));
    expect(verdict).toMatchObject({ kind: 'valid', identity: { agentId, serial: issued.serial } });
  });

  it('tells expired (renewal only) from expired too long, and refuses one from the future', async () => {
    const presented = certificate((await issue(hourMs)).certificatePem);
    const at = (ms: number) => verifyClientCertificate(authority, presented, Date.now() + ms);
    expect(at(2 * hourMs).kind).toBe('expired');
    expect(at(89 * 24 * hourMs).kind).toBe('expired');
    expect(at(91 * 24 * hourMs)).toEqual({ kind: 'refused', reason: 'expired-too-long' });
    expect(at(-2 * hourMs)).toEqual({ kind: 'refused', reason: 'not-yet-valid' });
  });

  it('refuses another authority, a server certificate, and the CA itself; no certificate is none', async () => {
    const other = await openCertificateAuthority(join(root, 'other'));
    const foreign = await issueAgentCertificate(other, { agentId, name: 'web-1', spki, lifeMs: hourMs });
    const server = await issueServerCertificate(authority);
    const kind = (presented: X509Certificate | undefined) => verifyClientCertificate(authority, presented);
    expect(kind(certificate(foreign.certificatePem))).toEqual({ kind: 'refused', reason: 'unknown-authority' });
    expect(kind(certificate(server.chainPem))).toEqual({ kind: 'refused', reason: 'not-a-client-certificate' });
    expect(kind(authority.certificate)).toEqual({ kind: 'refused', reason: 'unknown-authority' });
    expect(kind(undefined)).toEqual({ kind: 'none' });
  });

  it('takes the agent from the SAN only: a common name that looks like another agent changes nothing', async () => {
    const other = '0190c2a4-0000-7000-8000-000000000002';
    const issued = await issueAgentCertificate(authority, {
      agentId,
      name: `signalbox://agent/${other}`,
      spki,
      lifeMs: hourMs,
    });
    expect(verifyClientCertificate(authority, certificate(issued.certificatePem))).toMatchObject({
      identity: { agentId },
    });
  });
});

describe('readCsr', () => {
  it('reads a CSR of openssl, refuses a changed one and other kinds of key', async () => {
    const csr = (algorithm: string[]) => {
      const out = join(root, 'csr.der');
      execFileSync(
        'openssl',
        [
          'req',
          '-new',
          '-newkey',
          ...algorithm,
          '-nodes',
          '-keyout',
          join(root, 'k.pem'),
          '-subj',
          '/CN=x',
          '-outform',
          'DER',
          '-out',
          out,
        ],
        { stdio: 'ignore' },
      );
      return readFileSync(out);
    };
    const good = csr(['ec', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    expect((await readCsr(good))?.keySha256).toMatch(/^[0-9a-f]{64}$/);
    const changed = Buffer.from(good);
    changed[changed.length - 1] = (changed[changed.length - 1] ?? 0) ^ 1;
    expect(await readCsr(changed)).toBeUndefined();
    expect(await readCsr(csr(['rsa:2048']))).toBeUndefined();
    expect(await readCsr(Buffer.alloc(0))).toBeUndefined();
  });
});
