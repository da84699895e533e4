import { setTimeout as sleep } from 'node:timers/promises';
import type { TaskInput } from '#api/tasks/tasks.contract.ts';
import type { TicketAction, TicketState } from '#domain/tickets/ticket.ts';
import type { Chance } from '#tests/support/faults.ts';
import type { Platform } from '#tests/support/platform.ts';
import { decideStubbornly, type DecisionAnswer, type Opened, type Person } from '#tests/support/tickets.ts';

/** What is to become of a ticket, and how many of them there are: one hundred. */
export const fates = {
  /** One approver of many; some run on real hosts. */
  approved: 26,
  /** Two steps, in order. */
  bothSteps: 10,
  /** Two steps, the second one decided first: kept, and counted when its step begins. */
  early: 12,
  /** Approved at once, runs at its time. */
  scheduled: 10,
  rejected: 10,
  withdrawn: 8,
  /** Nobody decides, and its time passes. */
  expired: 6,
  /** One of two steps only, until all faults are over. */
  half: 6,
  /** Approve and reject (or withdraw) in the same moment. */
  race: 12,
} as const;
export type Fate = keyof typeof fates;

export interface Cast {
  readonly asker: Person;
  readonly one: Person;
  readonly two: Person;
}

/** One ticket of the plan, and everything that was done to it. */
export interface Planned {
  readonly name: string;
  readonly fate: Fate;
  readonly input: TaskInput;
  opened?: Opened;
  readonly answers: { readonly who: string; readonly action: TicketAction; readonly answer: DecisionAnswer }[];
}

/** Does to a ticket what its fate asks for, at random moments within `withinMs`, whatever dies meanwhile. */
export async function carryOut(
  platform: Platform,
  cast: Cast,
  planned: Planned,
  chance: Chance,
  withinMs: number,
): Promise<void> {
  const ticketId = planned.opened?.ticketId ?? '';
  const { asker, one, two } = cast;
  const moment = () => sleep(chance.between(0, withinMs / 2));
  const act = async (who: Person, action: TicketAction) => {
    const key = `${planned.name}-${who.name}-${action}`;
    const answer = await decideStubbornly(platform, who, ticketId, action, { message: planned.name }, key);
    planned.answers.push({ who: who.name, action, answer });
  };
  switch (planned.fate) {
    case 'approved':
      await moment();
      return act(chance.pick([one, two]), 'approve');
    case 'scheduled':
      return act(one, 'approve');
    case 'bothSteps':
      await moment();
      await act(one, 'approve');
      await moment();
      return act(two, 'approve');
    case 'early':
      await moment();
      await act(two, 'approve');
      await moment();
      return act(one, 'approve');
    case 'half':
      await moment();
      return act(chance.pick([one, two]), 'approve');
    case 'rejected':
      await moment();
      return act(two, 'reject');
    case 'withdrawn':
      await moment();
      return act(asker, 'withdraw');
    case 'race': {
      await moment();
      const against = chance.pick([() => act(two, 'reject'), () => act(asker, 'withdraw')]);
      await Promise.all(chance.shuffle([() => act(one, 'approve'), against]).map((go) => go()));
      return;
    }
    case 'expired':
      return;
  }
}

/** How a ticket has to end, by its fate and by the operations that were carried out. */
export function demandedEnd(fate: Fate, applied: ReadonlySet<TicketAction>): TicketState {
  switch (fate) {
    case 'approved':
    case 'bothSteps':
    case 'early':
    case 'scheduled':
      return 'done';
    case 'rejected':
      return 'rejected';
    case 'withdrawn':
    case 'half':
      return 'withdrawn';
    case 'expired':
      return 'expired';
    case 'race':
      if (applied.has('reject')) return 'rejected';
      return applied.has('withdraw') ? 'withdrawn' : 'done';
  }
}
