import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';

/** What to write next: a command, or the word that every number up to `through` has been sent or is void. */
export type OrderedCommand = { readonly command: OutstandingCommand } | { readonly through: number };

/**
 * Keeps the numbers of one session in order, so that the agent sees a gap only where something was lost. A number that
 * is no longer outstanding (acknowledged, withdrawn) is void and is said to be so before a higher one is sent.
 */
export interface CommandOrder {
  /** From a read of *everything* outstanding for this agent; what was sent less than 10 s ago is not sent again. */
  fromAll(commands: readonly OutstandingCommand[], options?: { repeat?: boolean }): OrderedCommand[];
  /** From a read of some commands; `gap`: lower numbers are unknown here, read everything instead. */
  fromSome(commands: readonly OutstandingCommand[]): { send: OrderedCommand[]; gap: boolean };
  /** Everything below `nextSeq` has been sent or is void. */
  caughtUp(nextSeq: number): OrderedCommand[];
  acknowledged(seq: number): void;
}

const repeatAfterMs = 10_000;

/** `lastSeq`: the highest number that the agent says it has. */
export function createCommandOrder(lastSeq: number, now: () => number = () => performance.now()): CommandOrder {
  let through = lastSeq;
  const unacknowledged = new Map<number, number>();

  function send(command: OutstandingCommand): OrderedCommand {
    unacknowledged.set(command.seq, now());
    through = Math.max(through, command.seq);
    return { command };
  }

  return {
    fromAll(commands, options = {}) {
      const ordered: OrderedCommand[] = [];
      for (const command of commands.toSorted((a, b) => a.seq - b.seq)) {
        const sentAt = unacknowledged.get(command.seq);
        if (sentAt !== undefined && options.repeat !== true && now() - sentAt < repeatAfterMs) continue;
        if (command.seq > through + 1) ordered.push({ through: command.seq - 1 });
        ordered.push(send(command));
      }
      return ordered;
    },
    fromSome(commands) {
      const ordered: OrderedCommand[] = [];
      for (const command of commands.toSorted((a, b) => a.seq - b.seq)) {
        if (command.seq <= through) continue;
        if (command.seq > through + 1) return { send: ordered, gap: true };
        ordered.push(send(command));
      }
      return { send: ordered, gap: false };
    },
    caughtUp(nextSeq) {
      through = Math.max(through, nextSeq - 1);
      return [{ through }];
    },
    acknowledged: (seq) => void unacknowledged.delete(seq),
  };
}
