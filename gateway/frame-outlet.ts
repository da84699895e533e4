import type { GatewayFrame } from '#proto/gen/agent.ts';

/** Where frames leave for one agent, at the speed at which it takes them. */
export interface FrameOutlet {
  send(frame: GatewayFrame): void;
  stop(): void;
}

/** A stream that takes objects, says when it has had enough, and emits `drain`. */
export interface FrameStream {
  write(frame: GatewayFrame): boolean;
  on(event: 'drain', listener: () => void): unknown;
}

/** Frames that wait for an agent that does not read; beyond it the session ends and the agent gets them anew. */
const maxWaiting = 10_000;

export function createFrameOutlet(stream: FrameStream, onTooSlow: () => void): FrameOutlet {
  let waiting: GatewayFrame[] = [];
  let blocked = false;
  let stopped = false;

  stream.on('drain', () => {
    blocked = false;
    let sent = 0;
    while (!blocked && !stopped && sent < waiting.length) {
      blocked = !stream.write(waiting[sent] as GatewayFrame);
      sent += 1;
    }
    waiting = waiting.slice(sent);
  });

  return {
    send(frame) {
      if (stopped) return;
      if (!blocked && waiting.length === 0) {
        blocked = !stream.write(frame);
        return;
      }
      waiting.push(frame);
      if (waiting.length > maxWaiting) onTooSlow();
    },
    stop() {
      stopped = true;
      waiting = [];
    },
  };
}
