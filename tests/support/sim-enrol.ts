import { createPrivateKey, createPublicKey, randomUUID, webcrypto, X509Certificate } from 'node:crypto';
import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import { parseJoinToken } from '#domain/agents/agent.ts';
import {
  type CertificateAuthority,
  generateKeyPem,
  keyAlgorithm,
  signingAlgorithm,
} from '#gateway/pki/certificate-authority.ts';
import { issueAgentCertificate, publicKeySha256 } from '#gateway/pki/issue-certificate.ts';
import { x509 } from '#gateway/pki/x509.ts';
import { CertificateReply, EnrolRequest, RenewRequest } from '#proto/gen/agent.ts';
import { connectSim, simContext } from './sim-grpc.ts';

/** Who a simulated agent is: what a real one keeps in its data folder. */
export interface SimIdentity {
  readonly agentId: string;
  readonly name: string;
  /** Of the machine's identity file. */
  readonly identity: string;
  readonly keyPem: string;
  readonly certificatePem: string;
  readonly caPem: string;
}

const enrolPath = '/signalbox.agent.v1.AgentGateway/Enrol';
const renewPath = '/signalbox.agent.v1.AgentGateway/Renew';

/** A CSR (DER) for a key. */
export async function simCsr(keyPem: string): Promise<Buffer> {
  const key = createPrivateKey(keyPem);
  const pkcs8 = key.export({ format: 'der', type: 'pkcs8' });
  const spki = createPublicKey(key).export({ format: 'der', type: 'spki' });
  const keys = {
    privateKey: await webcrypto.subtle.importKey('pkcs8', pkcs8, keyAlgorithm, false, ['sign']),
    publicKey: await webcrypto.subtle.importKey('spki', spki, keyAlgorithm, true, ['verify']),
  };
  const request = await x509.Pkcs10CertificateRequestGenerator.create({ name: 'CN=agent', keys, signingAlgorithm });
  return Buffer.from(request.rawData);
}

/** Enrols through the real door with a join token. Refusals are thrown as `SimStatus`. */
export async function enrolSim(
  server: string,
  joinToken: string,
  options: { caPem: string; name: string; identity?: string; keyPem?: string },
): Promise<SimIdentity> {
  const token = parseJoinToken(joinToken);
  if (token === undefined) throw new Error('not a join token');
  const identity = options.identity ?? randomUUID();
  const keyPem = options.keyPem ?? (await generateKeyPem());
  const connection = await connectSim(server, simContext({ caPem: options.caPem }));
  try {
    const request = EnrolRequest.encode({
      tokenId: token.id,
      tokenSecret: token.secret,
      csrDer: await simCsr(keyPem),
      name: options.name,
      identity,
      agentVersion: 'sim',
    }).finish();
    const reply = CertificateReply.decode(await connection.unary(enrolPath, request));
    const { agentId, name, certificatePem, caPem } = reply;
    return { agentId, name, identity, keyPem, certificatePem, caPem };
  } finally {
    connection.destroy();
  }
}

/** Renews the certificate; `csrKeyPem` asks for another key (which no gateway grants). */
export async function renewSim(
  server: string,
  identity: SimIdentity,
  options: { csrKeyPem?: string } = {},
): Promise<SimIdentity> {
  const connection = await connectSim(server, simContext(identity));
  try {
    const request = RenewRequest.encode({ csrDer: await simCsr(options.csrKeyPem ?? identity.keyPem) }).finish();
    const reply = CertificateReply.decode(await connection.unary(renewPath, request));
    return { ...identity, certificatePem: reply.certificatePem };
  } finally {
    connection.destroy();
  }
}

/**
 * Many agents at once, past the door: rows straight into the ledger, certificates straight from the authority. They
 * share one key, which costs nothing but their independence.
 */
export async function issueSims(
  db: Database,
  authority: CertificateAuthority,
  options: { count: number; prefix: string; lifeMs?: number; address?: (index: number) => string },
): Promise<SimIdentity[]> {
  const keyPem = await generateKeyPem();
  const spki = createPublicKey(keyPem).export({ format: 'der', type: 'spki' });
  const width = String(options.count).length;
  const sims: (SimIdentity & { machineId: string; serial: string; expiresAt: Date; address: string })[] = [];
  for (let index = 1; index <= options.count; index++) {
    const agentId = randomUUID();
    const name = `${options.prefix}${String(index).padStart(width, '0')}`;
    const issued = await issueAgentCertificate(authority, {
      agentId,
      name,
      spki,
      lifeMs: options.lifeMs ?? 30 * 86_400_000,
    });
    sims.push({
      agentId,
      name,
      identity: randomUUID(),
      keyPem,
      certificatePem: issued.certificatePem,
      caPem: authority.certificatePem,
      machineId: randomUUID(),
      serial: issued.serial,
      expiresAt: new X509Certificate(issued.certificatePem).validToDate,
      address: options.address?.(index) ?? '',
    });
  }
  const column = <T>(value: (sim: (typeof sims)[number]) => T) => sims.map(value);
  await sql`
    with machines as (
      insert into machine (id, name, identity, address)
      select * from unnest(${column((s) => s.machineId)}::uuid[], ${column((s) => s.name)}::text[], ${column((s) => s.identity)}::uuid[],
        ${column((s) => s.address)}::text[]))
    insert into agent (id, machine_id, name, serial, certificate_expires_at, public_key_sha256)
    select *, ${publicKeySha256(spki)} from unnest(${column((s) => s.agentId)}::uuid[], ${column((s) => s.machineId)}::uuid[],
      ${column((s) => s.name)}::text[], ${column((s) => s.serial)}::text[], ${column((s) => s.expiresAt)}::timestamptz[])`.execute(
    db,
  );
  return sims.map(({ agentId, name, identity, certificatePem, caPem }) => ({
    agentId,
    name,
    identity,
    keyPem,
    certificatePem,
    caPem,
  }));
}
