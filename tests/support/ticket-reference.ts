import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { Policy } from '#domain/changes/policy.ts';
import { isEndedTask } from '#domain/tasks/task.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import type { Subject } from './ticket-model.ts';
import { repeatFaultsOf } from './ticket-once.ts';

interface Line {
  readonly at: number;
  readonly kind: string;
  readonly version: number;
  readonly details: { readonly step?: number };
}
interface Decision {
  readonly at: number;
  readonly version: number;
  readonly step: number;
  readonly verdict: string;
  readonly actor: string;
  readonly hash: string;
}
interface Handled {
  readonly at: number;
  readonly action: string;
  readonly actor: string;
  readonly userId: string | null;
  readonly step: number;
}
interface Story {
  readonly lines: readonly Line[];
  readonly decisions: readonly Decision[];
  readonly handled: readonly Handled[];
}

/** What is wrong with a ticket that was given all the time it needs, by rules of the test's own; empty: nothing. */
export async function faultsOf(db: Database, subject: Subject): Promise<string[]> {
  const { ticketId } = subject;
  const ticket = await db.selectFrom('ticket').selectAll().where('id', '=', ticketId).executeTakeFirstOrThrow();
  const story = await storyOf(db, ticketId);
  const faults: string[] = [];
  const count = (kind: string) => story.lines.filter((line) => line.kind === kind).length;
  if (!isEndedTicket(ticket.state)) faults.push(`stuck in ${ticket.state}`);
  else if (count('ended') !== 1) faults.push(`${count('ended')} ends`);
  if (count('applying') > 1) faults.push('applied twice');
  const applying = story.lines.find((line) => line.kind === 'applying');
  if (ticket.state === 'done' && applying === undefined) faults.push('done without being applied');
  if (['rejected', 'withdrawn', 'expired'].includes(ticket.state) && applying !== undefined)
    faults.push('two outcomes');
  if (subject.kind === 'task.run') faults.push(...(await taskFaults(db, subject, applying)));
  faults.push(...(await repeatFaultsOf(db, ticketId)));
  if (applying !== undefined) faults.push(...approvalFaults(subject, story, applying, ticket.content_hash));
  return faults;
}

async function taskFaults(db: Database, subject: Subject, applying: Line | undefined): Promise<string[]> {
  const id = subject.subjectId;
  const task = await db.selectFrom('task').select(['state', 'payload']).where('id', '=', id).executeTakeFirstOrThrow();
  const runs = await db.selectFrom('host_run').select(['seq', 'attempt']).where('task_id', '=', id).execute();
  const starts = await db.selectFrom('task_timeline').select('kind').where('task_id', '=', id).execute();
  const faults: string[] = [];
  const started = starts.filter((line) => line.kind === 'started').length;
  if (applying === undefined) {
    if (task.state !== 'refused') faults.push(`never let go, but the task is ${task.state}`);
    if (started > 0 || runs.some((run) => run.seq !== null)) faults.push('ran without being let go');
    return faults;
  }
  if (!isEndedTask(task.state) || task.state === 'refused') faults.push(`let go, but ${task.state}`);
  if (started !== 1 || runs.length !== 1 || runs[0]?.attempt !== 1) faults.push(`started ${started} times`);
  const change = await db
    .selectFrom('change_version')
    .select('content')
    .where('ticket_id', '=', subject.ticketId)
    .where('version', '=', applying.version)
    .executeTakeFirstOrThrow();
  const { script } = change.content.payload as { script?: string };
  if (script !== task.payload.script) faults.push(`ran '${task.payload.script}', approved was '${script}'`);
  return faults;
}

/** Whether the policy of that moment (or, where nobody has to be asked by now, an earlier one) had what it asks. */
function approvalFaults(subject: Subject, story: Story, applying: Line, hash: string): string[] {
  const before = subject.moves.flatMap((move) => (move.kind === 'policy' && move.at <= applying.at ? [move] : []));
  const last = before.at(-1)!;
  if (last.policy.mode === 'forbidden') return ['applied what policy forbids'];
  if (last.policy.mode === 'ticket') return missing(subject, story, applying, hash, last.policy);
  const earlier = before.map(({ policy, at }) => {
    if (policy.mode === 'ticket') return missing(subject, story, applying, hash, policy);
    const madeSince = story.lines.some(
      (line) => ['opened', 'resubmitted', 'asked-again'].includes(line.kind) && line.at >= at,
    );
    return policy.mode === 'direct' && madeSince ? [] : ['nobody was asked'];
  });
  return earlier.some((faults) => faults.length === 0) ? [] : (earlier[0] ?? ['no policy']);
}

function missing(subject: Subject, story: Story, applying: Line, hash: string, policy: Policy): string[] {
  return policy.steps.flatMap((step, index) => {
    const valid = story.decisions.filter(
      (one) => one.version === applying.version && one.step === index && one.hash === hash && one.at <= applying.at,
    );
    if (valid.some((one) => one.verdict === 'pass'))
      return policy.onTimeout === 'pass' ? [] : ['passed without policy'];
    const approved = new Set(valid.filter((one) => one.verdict === 'approve').map((one) => one.actor));
    const now = mayApprove(subject, story, policy, index, applying.version, applying.at);
    const counted = [...approved].filter((id) => now.has(id));
    const passed = story.lines.findLast(
      (line) =>
        line.kind === 'step-passed' &&
        line.version === applying.version &&
        line.details.step === index &&
        line.at <= applying.at,
    );
    if (passed === undefined) return [`step ${index} never passed`];
    const least = typeof step.need === 'number' ? step.need : 1;
    if (counted.length < least) {
      return [
        `step ${index} (${step.need}) had ${counted.length} of [${[...approved].join()}], may: [${[...now].join()}]`,
      ];
    }
    if (step.need !== 'all') return [];
    const then = mayApprove(subject, story, policy, index, applying.version, passed.at);
    const absent = [...then].filter((id) => !approved.has(id));
    const gone = [...approved].filter((id) => then.has(id) && !now.has(id));
    return absent.length + gone.length === 0 ? [] : [`step ${index} (all) lacks ${[...absent, ...gone].join()}`];
  });
}

/** Who may approve a step at a moment, from what the test did and what the ledger says was done, in order. */
function mayApprove(
  subject: Subject,
  story: Story,
  policy: Policy,
  index: number,
  version: number,
  at: number,
): Set<string> {
  const flag = (kind: 'disabled' | 'granted', when = at) => {
    const users = new Map<string, boolean>();
    for (const move of subject.moves) if (move.kind === kind && move.at <= when) users.set(move.userId, move.is);
    return new Set([...users].flatMap(([id, is]) => (is ? [id] : [])));
  };
  const escalated = story.lines.some(
    (line) => line.kind === 'escalated' && line.version === version && line.details.step === index && line.at <= at,
  );
  const meant = [...(policy.steps[index]?.approvers ?? []), ...(escalated ? policy.escalateTo : [])];
  const may = new Set(meant.flatMap((one) => (one.type === 'user' ? [one.userId] : [...flag('granted')])));
  /** Whom the policy lets approvers choose; nobody here may edit it. */
  const mayBeHandedTo = (userId: string, owners: ReadonlySet<string>) =>
    policy.delegates === 'anyone' ||
    [...(policy.steps[index]?.approvers ?? []), ...policy.escalateTo].some((approver) =>
      approver.type === 'user' ? approver.userId === userId : owners.has(userId),
    );
  const resubmitted = story.lines.findLast((line) => line.kind === 'resubmitted' && line.at <= at)?.at ?? 0;
  for (const one of story.handled) {
    if (one.at > at || one.at < resubmitted || one.step !== index || one.userId === null) continue;
    if (one.action === 'transfer') may.delete(one.actor);
    if (mayBeHandedTo(one.userId, flag('granted', one.at))) may.add(one.userId);
  }
  for (const id of flag('disabled')) may.delete(id);
  if (policy.fourEyes) may.delete(subject.place.requester);
  return may;
}

async function storyOf(db: Database, ticketId: string): Promise<Story> {
  const lines = await sql<Line>`select extract(epoch from at)::float8 as at, kind, version, details
    from ticket_timeline where ticket_id = ${ticketId}::uuid order by id`.execute(db);
  const decisions = await sql<Decision>`
    select extract(epoch from at)::float8 as at, version, step, verdict, actor_id as actor, content_hash as hash
    from ticket_decision where ticket_id = ${ticketId}::uuid and voided is null order by at`.execute(db);
  const handled = await sql<Handled>`
    select extract(epoch from handled_at)::float8 as at, action, actor_id as actor, details->'details'->>'userId' as "userId",
           (details->>'step')::int as step
    from operation where subject_id = ${ticketId}::uuid and state = 'applied' and action in ('transfer', 'add-approver')
    order by handled_at`.execute(db);
  return { lines: lines.rows, decisions: decisions.rows, handled: handled.rows };
}
