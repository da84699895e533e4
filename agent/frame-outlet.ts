import type { ClientDuplexStream } from '@grpc/grpc-js';
import type { AgentFrame, GatewayFrame } from '#proto/gen/agent.ts';

export type SessionCall = ClientDuplexStream<AgentFrame, GatewayFrame>;
type Body = NonNullable<AgentFrame['body']>;

/**
 * Sends frames in order and no faster than the gateway takes them. A frame may be given as a function, called when its
 * turn comes: then a thousand results wait on disk, not in memory.
 */
export interface FrameOutlet {
  send(frame: Body | (() => Promise<Body | undefined>)): void;
  /** Nothing more is sent. */
  stop(): void;
}

export function createFrameOutlet(call: SessionCall, onError: (error: unknown) => void): FrameOutlet {
  const waiting: Parameters<FrameOutlet['send']>[0][] = [];
  let pumping = false;
  let stopped = false;
  let wake = () => {};
  call.on('drain', () => wake());

  async function pump(): Promise<void> {
    pumping = true;
    try {
      for (let next = waiting.shift(); next !== undefined && !stopped; next = waiting.shift()) {
        const body = typeof next === 'function' ? await next() : next;
        if (body === undefined || stopped) continue;
        if (!call.write({ body })) await new Promise<void>((resolve) => (wake = resolve));
      }
    } catch (error) {
      onError(error);
    } finally {
      pumping = false;
    }
  }

  return {
    send(frame) {
      if (stopped) return;
      waiting.push(frame);
      if (!pumping) void pump();
    },
    stop() {
      stopped = true;
      waiting.length = 0;
      wake();
    },
  };
}
