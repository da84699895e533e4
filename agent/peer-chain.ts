import { createHash, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { gatewayServerName } from './gateway-client.ts';

/** The server answered, but shows no CA certificate with the expected hash. */
export class UntrustedServerError extends Error {
  constructor(address: string) {
    super(`${address} does not show the certificate authority that the join token names`);
    this.name = 'UntrustedServerError';
  }
}

const timeoutMs = 10_000;

/**
 * Fetches the CA certificate (PEM) that a join token names from the chain that a gateway presents. Nothing is sent and
 * nothing else is trusted: what comes back is only good as the root of the next connection, whose handshake proves it.
 */
export async function fetchPinnedCa(address: string, caSha256: string): Promise<string> {
  const chain = await fetchChain(address);
  const pinned = chain.find(
    (certificate) => certificate.ca && createHash('sha256').update(certificate.raw).digest('hex') === caSha256,
  );
  if (pinned === undefined) throw new UntrustedServerError(address);
  return pinned.toString();
}

function fetchChain(address: string): Promise<X509Certificate[]> {
  const { host, port } = splitAddress(address);
  return new Promise((resolve, reject) => {
    const socket = connect({
      host,
      port,
      servername: gatewayServerName,
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
    });
    socket.setTimeout(timeoutMs, () => socket.destroy(new Error(`${address} does not answer`)));
    socket.once('error', reject);
    socket.once('close', () => reject(new Error(`${address} closed the connection`)));
    socket.once('secureConnect', () => {
      const chain: X509Certificate[] = [];
      let next: DetailedPeerCertificate | undefined = socket.getPeerCertificate(true);
      while (next?.raw !== undefined && chain.length < 10) {
        chain.push(new X509Certificate(next.raw));
        next = next.issuerCertificate === next ? undefined : next.issuerCertificate;
      }
      socket.destroy();
      resolve(chain);
    });
  });
}

/** `host:port`, `[v6]:port`. */
export function splitAddress(address: string): { host: string; port: number } {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(address);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || !(port > 0 && port < 65_536) || (match?.[1] !== undefined && isIP(host) !== 6)) {
    throw new Error(`Not an address: '${address}' (host:port is expected)`);
  }
  return { host, port };
}
