import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';

/** A message as it arrived; `verified` is by the published verifier of Standard Webhooks, not by our own code. */
export interface ReceivedMessage {
  readonly id: string;
  readonly verified: boolean;
  readonly body: { readonly type: string; readonly data: Readonly<Record<string, unknown>> };
}

export interface WebhookReceiver {
  readonly url: string;
  readonly messages: ReceivedMessage[];
  /** What the sender's webhook gave as its secret. */
  expectSecret(secret: string): void;
  /** The next so many messages are answered with 500. */
  failNext(times: number): void;
  close(): Promise<void>;
}

/** A receiver of webhooks on this machine. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const messages: ReceivedMessage[] = [];
  let verifier: Webhook | undefined;
  let failures = 0;
  const server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      if (failures > 0) {
        failures -= 1;
        response.writeHead(500).end();
        return;
      }
      const text = Buffer.concat(pieces).toString('utf8');
      let verified = true;
      try {
        verifier?.verify(text, request.headers as Record<string, string>);
      } catch {
        verified = false;
      }
      const id = String(request.headers['webhook-id']);
      messages.push({
        id,
        verified: verifier !== undefined && verified,
        body: JSON.parse(text) as ReceivedMessage['body'],
      });
      response.writeHead(204).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`,
    messages,
    expectSecret: (secret) => void (verifier = new Webhook(secret)),
    failNext: (times) => void (failures = times),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
