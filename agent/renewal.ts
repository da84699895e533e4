import type { CertificateReply } from '#proto/gen/agent.ts';
import type { Credentials, CredentialStore } from './credentials.ts';
import { FatalFault } from './exit-codes.ts';
import { createGatewayClient, isRevocation } from './gateway-client.ts';

const callTimeoutMs = 20_000;
const renewableMs = 90 * 86_400_000;

/** When to renew: after two thirds of the certificate's life. */
export function renewalDueMs({ notBeforeMs, notAfterMs }: Pick<Credentials, 'notBeforeMs' | 'notAfterMs'>): number {
  return notBeforeMs + ((notAfterMs - notBeforeMs) * 2) / 3;
}

/**
 * Gets a new certificate for the same key from one gateway and stores it; also with a certificate that expired up to 90
 * days ago. Past that, or revoked: a FatalFault; any other error may pass.
 */
export async function renew(
  address: string,
  credentials: Credentials,
  store: CredentialStore,
  nowMs = Date.now(),
): Promise<Credentials> {
  if (nowMs > credentials.notAfterMs + renewableMs) {
    throw new FatalFault(
      'certificateExpired',
      'The certificate expired more than 90 days ago: remove the data folder and join again with a new token',
    );
  }
  const client = createGatewayClient(address, credentials);
  try {
    const csrDer = await store.certificateRequest(credentials.name);
    const reply = await new Promise<CertificateReply>((resolve, reject) => {
      client.waitForReady(nowMs + callTimeoutMs, (error) => {
        if (error !== undefined) return reject(error);
        client.renew({ csrDer }, (failed, answer) => (failed === null ? resolve(answer) : reject(failed)));
      });
    });
    return await store.save(reply);
  } catch (error) {
    if (isRevocation(error)) throw new FatalFault('revoked', `This agent was revoked: ${error.details}`, error);
    throw error;
  } finally {
    client.close();
  }
}
