import { sql } from 'kysely';
import { setPolicy } from '#ledger/changes/set-policy.ts';
import type { Database, Tx } from '#db/database.ts';
import { type Policy, policySchema } from '#domain/changes/policy.ts';
import type { Place } from './ticket-workflow-ledger.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** One thing that a test did behind the ticket's back, and when: under the ticket's lock, so that all times are in order. */
export type Move =
  | { readonly at: number; readonly kind: 'disabled' | 'granted'; readonly userId: string; readonly is: boolean }
  | { readonly at: number; readonly kind: 'policy'; readonly policy: Policy };

/** A ticket under test with everything that happened around it. */
export interface Subject {
  readonly seed: number;
  readonly place: Place;
  readonly kind: 'task.run' | 'manual.step';
  ticketId: string;
  subjectId: string;
  readonly moves: Move[];
}

/** Random numbers that a seed decides. */
export function randomOf(seed: number) {
  let state = Math.imul(seed, 0x9e3779b1) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (n: number): number => Math.floor(next() * n);
  return {
    below,
    chance: (p: number): boolean => next() < p,
    pick: <T>(list: readonly T[]): T => list[below(list.length)]!,
  };
}
export type Random = ReturnType<typeof randomOf>;

const minute = 60_000;

/** A policy of up to three steps for the people of a place. */
export function randomPolicy(random: Random, place: Place): Policy {
  const mode = random.chance(0.9) ? 'ticket' : random.pick(['direct', 'forbidden'] as const);
  const step = () => {
    const users = place.people.slice(0, 5).filter(() => random.chance(0.4));
    if (users.length === 0) users.push(place.people[0]!);
    if (random.chance(0.15)) users.push(place.requester);
    const approvers = [
      ...users.map((userId) => ({ type: 'user' as const, userId })),
      ...(random.chance(0.3) ? [{ type: 'owners' as const }] : []),
    ];
    return {
      approvers,
      need: random.pick(['any', 'any', 'all', 1 + random.below(Math.min(3, users.length))] as const),
    };
  };
  return policySchema.parse({
    mode,
    steps: mode === 'ticket' ? Array.from({ length: 1 + random.below(3) }, step) : [],
    fourEyes: random.chance(0.8),
    remindAfterMs: (2 + random.below(10)) * minute,
    timeoutMs: (5 + random.below(20)) * minute,
    onTimeout: random.pick(['escalate', 'refuse', 'pass']),
    delegates: random.pick(['meant', 'anyone', 'anyone']),
    escalateTo: random.chance(0.7) ? [{ type: 'user', userId: place.people[5]! }] : [],
  });
}

/** Does something that the ticket does not hear of, in an order with everything that happens to the ticket. */
export async function behindItsBack(
  db: Database,
  subject: Subject,
  work: (tx: Tx) => Promise<Move extends infer M ? (M extends Move ? Omit<M, 'at'> : never) : never>,
): Promise<void> {
  await transact(db, async (tx) => {
    await sql`select from ticket where id = ${subject.ticketId}::uuid for no key update`.execute(tx);
    const move = await work(tx);
    const { rows } = await sql<{ at: number }>`select extract(epoch from ledger_now())::float8 as at`.execute(tx);
    subject.moves.push({ ...move, at: rows[0]!.at });
  });
}

export function changePolicy(db: Database, subject: Subject, policy: Policy): Promise<void> {
  return behindItsBack(db, subject, async (tx) => {
    await setPolicy(tx, { kind: subject.kind, nodeId: subject.place.nodeId }, policy, 'a test');
    return { kind: 'policy', policy };
  });
}

export function setDisabled(db: Database, subject: Subject, userId: string, is: boolean): Promise<void> {
  return behindItsBack(db, subject, async (tx) => {
    await sql`update "user" set disabled = ${is} where id = ${userId}`.execute(tx);
    return { kind: 'disabled', userId, is };
  });
}

export function setOwner(db: Database, subject: Subject, userId: string, is: boolean): Promise<void> {
  return behindItsBack(db, subject, async (tx) => {
    await sql`delete from node_grant where node_id = ${subject.place.nodeId}::bigint and user_id = ${userId}`.execute(
      tx,
    );
    if (is) {
      await sql`insert into node_grant (node_id, user_id, role, granted_by)
        values (${subject.place.nodeId}::bigint, ${userId}, 'ops-owner', 'a test')`.execute(tx);
    }
    return { kind: 'granted', userId, is };
  });
}
