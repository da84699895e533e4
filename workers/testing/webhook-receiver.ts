import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver got: headers and the very text. */
export interface ReceivedPost {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

type Play = (response: ServerResponse, post: ReceivedPost) => void;

export interface WebhookReceiver {
  readonly port: number;
  readonly url: string;
  readonly received: readonly ReceivedPost[];
  /** How it answers from now on: one by one, the last one again and again. */
  plays(...plays: Play[]): void;
  close(): Promise<void>;
}

/** Answers with a status, headers and a text. */
export function answers(status: number, headers: Record<string, string> = {}, text = ''): Play {
  return (response) => {
    response.writeHead(status, headers).end(text);
  };
}

/** A real HTTP server on loopback that answers as it is told to. */
export async function startWebhookReceiver(): Promise<WebhookReceiver> {
  const received: ReceivedPost[] = [];
  let script: Play[] = [answers(204)];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const post = { path: request.url ?? '', headers: request.headers, text: Buffer.concat(chunks).toString('utf8') };
      received.push(post);
      const play = script.length > 1 ? script.shift() : script[0];
      play?.(response, post);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}/hook`,
    received,
    plays: (...plays) => {
      script = plays;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
