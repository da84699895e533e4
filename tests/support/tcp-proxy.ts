import { connect, createServer, type Socket } from 'node:net';

/** Directions of a proxied connection, as the dialling side sees them. */
export type Direction = 'up' | 'down' | 'both';

/** A place on the way between agents and a gateway where the line can be cut. Loopback only. */
export interface TcpProxy {
  readonly port: number;
  readonly address: string;
  /** From now on nothing passes in this direction, on old and new connections alike; nobody is told. */
  blackHole(direction: Direction): void;
  /** What was held back passes, as TCP would send it again after a partition. */
  restore(): void;
  /** Breaks every connection with a reset. */
  reset(): void;
  /** Connections accepted so far. */
  accepted(): number;
  close(): Promise<void>;
}

interface Line {
  readonly near: Socket;
  readonly far: Socket;
}

/** `target` is asked at every new connection: it may not be known yet when agents are told the proxy's address. */
export async function startTcpProxy(target: () => { port: number }, port = 0): Promise<TcpProxy> {
  const lines = new Set<Line>();
  let cut: Direction | undefined;
  let accepted = 0;

  const isCut = (direction: 'up' | 'down') => cut === 'both' || cut === direction;

  /** Data, end and reset of `from` reach `to` only while the direction is open. */
  function carry(from: Socket, to: Socket, direction: 'up' | 'down', line: Line): void {
    from.on('data', (piece: Buffer) => {
      if (!to.destroyed && !to.write(piece)) from.pause();
      if (isCut(direction)) from.pause();
    });
    to.on('drain', () => {
      if (!isCut(direction)) from.resume();
    });
    from.on('end', () => {
      if (!isCut(direction)) to.end();
    });
    from.on('error', () => from.destroy());
    from.on('close', (broken: boolean) => {
      if (broken && !isCut(direction)) to.destroy();
      if (line.near.destroyed && line.far.destroyed) lines.delete(line);
    });
  }

  function obey(line: Line): void {
    for (const [from, to, direction] of [
      [line.near, line.far, 'up'],
      [line.far, line.near, 'down'],
    ] as const) {
      if (isCut(direction)) from.pause();
      else if (from.errored !== null) to.destroy();
      else if (from.readableEnded) to.end();
      else from.resume();
    }
  }

  const server = createServer({ allowHalfOpen: true }, (near) => {
    accepted += 1;
    const far = connect({ host: '127.0.0.1', port: target().port, allowHalfOpen: true });
    near.setNoDelay(true);
    far.setNoDelay(true);
    const line: Line = { near, far };
    lines.add(line);
    carry(near, far, 'up', line);
    carry(far, near, 'down', line);
    obey(line);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const bound = server.address();
  if (bound === null || typeof bound === 'string') throw new Error('no port');
  const obeyAll = () => [...lines].forEach(obey);

  return {
    port: bound.port,
    address: `127.0.0.1:${bound.port}`,
    blackHole(direction) {
      cut = direction;
      obeyAll();
    },
    restore() {
      cut = undefined;
      obeyAll();
    },
    reset() {
      for (const { near, far } of lines) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    accepted: () => accepted,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const { near, far } of lines) {
          near.destroy();
          far.destroy();
        }
      }),
  };
}
