import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  constants,
  type IncomingHttpHeaders,
} from 'node:http2';
import { connect as connectTls, createSecureContext, type SecureContext } from 'node:tls';

/**
 * The wire of gRPC over one HTTP/2 connection, by hand: a simulated agent costs a socket and little else, where a
 * grpc-js channel would cost many times as much.
 */
export interface SimConnection {
  /** One request, one answer; a status other than OK is thrown as `SimStatus`. */
  unary(path: string, request: Uint8Array): Promise<Buffer>;
  /** A stream of messages both ways; `onEnd` comes once, with the status where there was one. */
  stream(
    path: string,
    handlers: { onMessage: (message: Buffer) => void; onEnd: (status: SimStatus | undefined) => void },
  ): SimStream;
  /** `closed`: the connection is gone, whoever ended it. */
  readonly closed: Promise<void>;
  /** Cuts the connection without a word. */
  destroy(): void;
}

export interface SimStream {
  send(message: Uint8Array): void;
  /** Bytes as they are, for what no honest agent would send. */
  sendRaw(bytes: Uint8Array): void;
  end(): void;
}

/** How a call ended. */
export class SimStatus extends Error {
  readonly code: number;
  constructor(code: number, message: string) {
    super(message);
    this.name = 'SimStatus';
    this.code = code;
  }
}

export interface SimCredentials {
  readonly caPem: string;
  readonly keyPem?: string;
  readonly certificatePem?: string;
}

/** A TLS context may serve many connections of one agent. */
export function simContext(credentials: SimCredentials): SecureContext {
  const { caPem, keyPem, certificatePem } = credentials;
  return createSecureContext({
    ca: caPem,
    minVersion: 'TLSv1.3',
    ...(keyPem === undefined || certificatePem === undefined ? {} : { key: keyPem, cert: certificatePem }),
  });
}

/** Connects to `host:port`, or throws. */
export async function connectSim(
  server: string,
  secureContext: SecureContext,
  options: { timeoutMs?: number } = {},
): Promise<SimConnection> {
  const colon = server.lastIndexOf(':');
  const socket = connectTls({
    host: server.slice(0, colon),
    port: Number(server.slice(colon + 1)),
    servername: 'gateway.signalbox',
    secureContext,
    ALPNProtocols: ['h2'],
  });
  await new Promise<void>((resolve, reject) => {
    socket.setTimeout(options.timeoutMs ?? 30_000, () => socket.destroy(new Error('connect timeout')));
    socket.once('secureConnect', resolve);
    socket.once('error', reject);
    socket.once('close', () => reject(new Error('closed while connecting')));
  });
  socket.setTimeout(0);
  socket.on('error', () => undefined);
  const session = connectHttp2('https://gateway.signalbox', { createConnection: () => socket });
  session.on('error', () => undefined);
  const closed = new Promise<void>((resolve) => session.once('close', () => resolve()));
  return {
    closed,
    destroy: () => socket.destroy(),
    stream: (path, handlers) => openStream(session, path, handlers),
    unary: (path, request) =>
      new Promise((resolve, reject) => {
        let answer: Buffer | undefined;
        const stream = openStream(session, path, {
          onMessage: (message) => (answer = message),
          onEnd: (status) => {
            if (status?.code === 0 && answer !== undefined) resolve(answer);
            else reject(status ?? new SimStatus(14, 'the connection ended without a status'));
          },
        });
        stream.send(request);
        stream.end();
      }),
  };
}

function openStream(
  session: ClientHttp2Session,
  path: string,
  handlers: { onMessage: (message: Buffer) => void; onEnd: (status: SimStatus | undefined) => void },
): SimStream {
  const stream: ClientHttp2Stream = session.request({
    [constants.HTTP2_HEADER_METHOD]: 'POST',
    [constants.HTTP2_HEADER_PATH]: path,
    [constants.HTTP2_HEADER_CONTENT_TYPE]: 'application/grpc',
    [constants.HTTP2_HEADER_TE]: 'trailers',
  });
  let status: SimStatus | undefined;
  const readStatus = (headers: IncomingHttpHeaders) => {
    const code = headers['grpc-status'];
    if (code !== undefined)
      status = new SimStatus(Number(code), decodeURI([headers['grpc-message'] ?? ''].flat().join()));
  };
  const split = messageSplitter(handlers.onMessage);
  stream.on('response', readStatus);
  stream.on('trailers', readStatus);
  stream.on('data', split);
  stream.on('error', () => undefined);
  stream.once('close', () => handlers.onEnd(status));
  const write = (bytes: Uint8Array) => {
    if (!stream.destroyed && !stream.writableEnded) stream.write(bytes);
  };
  return {
    sendRaw: write,
    end: () => void stream.end(),
    send(message) {
      const framed = Buffer.allocUnsafe(5 + message.byteLength);
      framed.writeUInt8(0, 0);
      framed.writeUInt32BE(message.byteLength, 1);
      framed.set(message, 5);
      write(framed);
    },
  };
}

/** Cuts the length-prefixed messages of gRPC out of a byte stream. */
function messageSplitter(onMessage: (message: Buffer) => void): (chunk: Buffer) => void {
  let rest: Buffer = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.byteLength === 0 ? chunk : Buffer.concat([rest, chunk]);
    while (rest.byteLength >= 5) {
      const end = 5 + rest.readUInt32BE(1);
      if (rest.byteLength < end) return;
      onMessage(rest.subarray(5, end));
      rest = rest.subarray(end);
    }
  };
}
