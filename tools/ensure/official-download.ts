import { createHash } from 'node:crypto';
import { get, type RequestOptions } from 'node:https';
import type { IncomingMessage } from 'node:http';

const connectTimeoutMs = 3_000;
const idleTimeoutMs = 30_000;
const maxRedirects = 5;

function request(url: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const options: RequestOptions = { headers: { 'user-agent': 'signalbox-setup' } };
    const sent = get(url, options, resolve);
    const connecting = setTimeout(
      () => sent.destroy(new Error(`no connection within ${connectTimeoutMs} ms`)),
      connectTimeoutMs,
    );
    sent.once('socket', (socket) => socket.once('secureConnect', () => clearTimeout(connecting)));
    sent.setTimeout(idleTimeoutMs, () => sent.destroy(new Error(`no data for ${idleTimeoutMs} ms`)));
    sent.once('response', () => clearTimeout(connecting));
    sent.once('error', (error) => {
      clearTimeout(connecting);
      reject(error);
    });
  });
}

/** Fetches `url` over TLS. A machine that cannot reach it learns so within seconds. */
export async function download(url: string): Promise<Buffer> {
  let address = url;
  for (let hop = 0; hop <= maxRedirects; hop++) {
    const response = await request(address);
    const status = response.statusCode ?? 0;
    if (status >= 300 && status < 400 && response.headers.location) {
      response.resume();
      address = new URL(response.headers.location, address).href;
      if (!address.startsWith('https:')) throw new Error(`${url} leads to ${address}, which is not https`);
      continue;
    }
    if (status !== 200) {
      response.resume();
      throw new Error(`${address} answered ${status}`);
    }
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  }
  throw new Error(`${url} redirects more than ${maxRedirects} times`);
}

/** Refuses content whose SHA-256 (hex) is not the expected one. */
export function verifySha256(content: Buffer, expected: string, what: string): void {
  const actual = createHash('sha256').update(content).digest('hex');
  if (actual !== expected) throw new Error(`${what} has SHA-256 ${actual}, expected ${expected}; it was thrown away`);
}
