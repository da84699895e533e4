import { X509Certificate } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CertificateReply } from '#proto/gen/agent.ts';
import { createCertificateRequest, generateKeyPem } from './certificate-request.ts';
import { readIfPresent, writeDurably } from './durable-file.ts';

/** Who the agent is to the gateways. */
export interface Credentials {
  readonly agentId: string;
  readonly name: string;
  readonly keyPem: string;
  readonly certificatePem: string;
  /** The only root that is trusted. */
  readonly caPem: string;
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** host:port of every gateway heard of. */
  readonly gateways: readonly string[];
}

/**
 * Keeps key and certificate in a folder (0700): `agent.key` (0600, never leaves it), `request.der` (the signing request,
 * kept so that a repeated enrolment asks exactly the same), `agent.json` (what the gateway answered).
 */
export interface CredentialStore {
  load(): Promise<Credentials | undefined>;
  /** The same request every time, made (with its key) at the first call. */
  certificateRequest(name: string): Promise<Buffer>;
  save(reply: CertificateReply): Promise<Credentials>;
  saveGateways(gateways: readonly string[]): Promise<void>;
}

type Stored = Pick<Credentials, 'agentId' | 'name' | 'certificatePem' | 'caPem' | 'gateways'>;

export async function openCredentialStore(folder: string): Promise<CredentialStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const keyFile = join(folder, 'agent.key');
  const requestFile = join(folder, 'request.der');
  const storedFile = join(folder, 'agent.json');

  async function readKey(): Promise<string> {
    const known = await readIfPresent(keyFile);
    if (known !== undefined) return known.toString('utf8');
    const made = generateKeyPem();
    await writeDurably(keyFile, made, 0o600);
    return made;
  }

  async function readStored(): Promise<Stored | undefined> {
    const text = await readIfPresent(storedFile);
    return text === undefined ? undefined : (JSON.parse(text.toString('utf8')) as Stored);
  }

  async function complete(stored: Stored): Promise<Credentials> {
    const keyPem = await readKey();
    const { certificatePem } = stored;
    const certificate = new X509Certificate(certificatePem);
    return {
      ...stored,
      keyPem,
      notBeforeMs: certificate.validFromDate.getTime(),
      notAfterMs: certificate.validToDate.getTime(),
    };
  }

  return {
    async load() {
      const stored = await readStored();
      return stored === undefined ? undefined : complete(stored);
    },
    async certificateRequest(name) {
      const known = await readIfPresent(requestFile);
      if (known !== undefined) return known;
      const made = createCertificateRequest(await readKey(), name);
      await writeDurably(requestFile, made, 0o600);
      return made;
    },
    async save(reply) {
      const { agentId, name, certificatePem, caPem, gateways } = reply;
      const stored: Stored = { agentId, name, certificatePem, caPem, gateways };
      const credentials = await complete(stored);
      await writeDurably(storedFile, JSON.stringify(stored, undefined, 2));
      return credentials;
    },
    async saveGateways(gateways) {
      const stored = await readStored();
      if (stored === undefined || gateways.length === 0 || sameList(stored.gateways, gateways)) return;
      await writeDurably(storedFile, JSON.stringify({ ...stored, gateways }, undefined, 2));
    },
  };
}

function sameList(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((item, index) => item === b[index]);
}
