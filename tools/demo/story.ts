import { relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Status } from '#api/platform/platform.contract.ts';
import type { HostRun, SubmittedTask, TaskSummary } from '#api/tasks/tasks.contract.ts';
import type { TicketDetail } from '#api/tickets/tickets.contract.ts';
import { isEndedTicket } from '#domain/tickets/ticket.ts';
import { identify, isAlive } from '#processes/supervisor/process-identity.ts';
import type { CommandLine } from './command-line.ts';
import { DemoFault, type Narrator } from './narrator.ts';
import type { Person } from './people.ts';
import type { DemoScript } from './script.ts';
import type { ThePlatform } from './the-platform.ts';

export const node = 'demo.shop.web';

export interface Scene {
  readonly checkout: string;
  readonly narrator: Narrator;
  readonly platform: ThePlatform;
  /** The demo started it, so it may kill all of it; else only what its supervisor brings back. */
  readonly ours: boolean;
  readonly admin: CommandLine;
  readonly operator: Person;
  readonly approver: Person;
  readonly machine: string;
  readonly script: DemoScript;
}

/** Throws with the sentence unless it holds; says it where it does. */
function check(narrator: Narrator, holds: boolean, sentence: string, found: unknown): void {
  if (!holds) throw new DemoFault(`not so: ${sentence} (found ${JSON.stringify(found)})`);
  narrator.good(sentence);
}

/** A node with this machine, on which scripts need an approval. */
export async function protectNode({ narrator, admin, machine, approver }: Scene): Promise<void> {
  await narrator.step(
    `A node ${node}, this machine on it, and a policy: scripts need the approval of ${approver.name}`,
  );
  const nodes = await admin.read<{ path: string }[]>('node', 'list');
  if (nodes.some(({ path }) => path === node)) narrator.say(`${node} is here from an earlier run.`);
  else await admin.show(['node', 'create', node]);
  await admin.show(['node', 'bind', node, machine]);
  await admin.show(['node', 'policy', node, '--kind', 'task.run', '--mode', 'ticket', '--approver', approver.name]);
}

/** The operator's script becomes a ticket; nothing runs. */
export async function submit(scene: Scene): Promise<{ taskId: string; ticketId: string }> {
  const { narrator, operator, script, checkout } = scene;
  await narrator.step(`${operator.name} runs a script of ${script.seconds} s on ${node}: it becomes a ticket`);
  const words = ['task', 'run', '--node', node, '--script', relative(checkout, script.file), '--title', 'deploy shop'];
  const { stdout } = await operator.tool.show([...words, '-o', 'json']);
  const task = JSON.parse(stdout) as SubmittedTask;
  const waits = task.state === 'awaiting-approval' && task.ticketId !== null;
  check(narrator, waits, 'the task has its id from now on, and waits for its ticket', task);
  check(narrator, script.starts().length === 0, 'nothing ran', script.starts());
  return { taskId: task.id, ticketId: task.ticketId ?? '' };
}

/** The requester is refused; the approver reads exactly what would run, and approves exactly that. */
export async function approve(scene: Scene, ticketId: string): Promise<void> {
  const { narrator, operator, approver } = scene;
  await narrator.step('Four eyes: whoever asks for it cannot approve it');
  const { contentHash } = await operator.tool.read<TicketDetail>('ticket', 'get', ticketId);
  const theirOwn = ['ticket', 'approve', ticketId, '--hash', contentHash, '-m', 'looks fine to me'];
  const refused = await operator.tool.show(theirOwn, { expect: 1 });
  const told = `${refused.stdout}${refused.stderr}`;
  check(narrator, /self-approval/.test(told), 'refused as self-approval', told);

  await narrator.step(`${approver.name} sees to the letter what would run`);
  await approver.tool.show(['ticket', 'diff', ticketId]);
  const ticket = await approver.tool.read<TicketDetail>('ticket', 'get', ticketId);
  narrator.say(`content hash ${ticket.contentHash}`);
  narrator.say(
    'It covers the script, its arguments, the machine and its identity. What runs has this hash, or does not run.',
  );

  await narrator.step(`${approver.name} approves exactly this content`);
  const words = ['ticket', 'approve', ticketId, '--hash', ticket.contentHash, '-m', 'go'];
  await approver.tool.show(words);
}

/** kill -9 while the script runs; returns once the platform is whole again. */
export async function killInMidRun(scene: Scene): Promise<void> {
  const { narrator, platform, admin, ours, script } = scene;
  await narrator.step('The task runs by itself, and in its middle the server dies');
  const started = await until('the script starts', 60_000, () => script.starts()[0]);
  narrator.answer(started.line);
  const running = identify(started.pid);
  await sleep(3_000);
  const servers = ['api', 'worker', 'gateway'];
  const roles = ours ? ['supervisor', ...servers, 'temporal', 'postgres'] : servers;
  const killed = platform.kill(roles);
  narrator.command('somebody', `kill -9 ${killed.map(({ pid }) => pid).join(' ')}`);
  narrator.answer(killed.map(({ role, pid }) => `killed ${role} (pid ${pid})`).join('\n'));
  check(narrator, killed.length > 0, 'they are dead', killed);
  if (ours) await admin.show(['status'], { expect: 3 });
  const lives = running !== undefined && isAlive(running);
  check(narrator, lives, `the script lives on (pid ${started.pid}): no server is needed for that`, started);

  await narrator.step(ours ? 'Start again' : 'The supervisor starts them again');
  if (ours) await platform.start();
  await platform.isBack(roles, killed);
  const { processes } = await until('the platform answers', 60_000, async () => {
    const status = await admin.read<Status>('status').catch(() => undefined);
    return status?.ready === true ? status : undefined;
  });
  narrator.good(`back: ${processes.map(({ role, pid }) => `${role} ${pid}`).join(', ')}`);
}

/** The task ended once, and so did its ticket, with the result. */
export async function seeTheEnd(scene: Scene, ids: { taskId: string; ticketId: string }): Promise<void> {
  const { narrator, operator, script, machine } = scene;
  const { taskId, ticketId } = ids;
  await narrator.step('The script finishes, once, and the ticket ends with its result');
  const ticket = await until('the ticket ends', 120_000, async () => {
    const seen = await operator.tool.read<TicketDetail>('ticket', 'get', ticketId);
    return isEndedTicket(seen.state) ? seen : undefined;
  });
  const task = await operator.tool.read<TaskSummary>('task', 'get', taskId);
  await operator.tool.show(['ticket', 'get', ticketId]);
  check(narrator, ticket.state === 'done', 'the ticket is done', [ticket.state, ticket.reason]);
  check(narrator, task.state === 'succeeded', 'the task succeeded', task.state);
  const hosts = await operator.tool.read<HostRun[]>('task', 'hosts', taskId);
  const once = hosts.length === 1 && hosts[0]?.attempt === 1;
  check(narrator, once, `one host, one attempt: ${machine}`, hosts);
  const output = await operator.tool.show(['task', 'output', taskId, machine]);
  const whole = output.stdout.trim().split('\n');
  check(narrator, whole.length === script.seconds + 1 && whole.at(-1) === 'deployed', 'its output is whole', whole);
  narrator.command('operator', `cat ${script.journal}`);
  narrator.answer(
    script
      .starts()
      .map(({ line }) => line)
      .join('\n'),
  );
  check(narrator, script.starts().length === 1, 'the journal has one start: it ran exactly once', script.starts());
}

/** What one can look at now. */
export async function showTraces(scene: Scene, ids: { taskId: string; ticketId: string }): Promise<void> {
  const { narrator, admin, operator } = scene;
  await narrator.step('What is left of it');
  await operator.tool.show(['ticket', 'timeline', ids.ticketId]);
  const denied = ['--outcome', 'denied', '--target', `/api/v1/tickets/${ids.ticketId}/approve`];
  const refusals = await admin.show(['audit', 'list', ...denied]);
  check(narrator, /denied/.test(refusals.stdout), 'the audit has the self-approval that was refused', refusals);
  await admin.show(['audit', 'list', '--target', ids.ticketId]);
  const { stdout } = await admin.show(['audit', 'verify', '-o', 'json']);
  const { intact, rows } = JSON.parse(stdout) as { intact: boolean; rows: number };
  check(narrator, intact, `the chain of the audit is intact, all ${rows} rows`, stdout);
  const { addresses } = await admin.read<Status>('status');
  narrator.say(`The ticket               ${addresses.web}/tickets/${ids.ticketId}`);
  narrator.say(`The task                 ${addresses.web}/tasks/${ids.taskId}`);
  for (const [title, id] of [
    ['Workflow of the ticket', `ticket/${ids.ticketId}`],
    ['Workflow of the task', `task/${ids.taskId}`],
  ] as const) {
    if (addresses.temporalUi !== '')
      narrator.say(
        `${title.padEnd(24)} ${addresses.temporalUi}/namespaces/default/workflows/${encodeURIComponent(id)}`,
      );
  }
}

/** Asks until there is an answer. */
async function until<T>(
  what: string,
  withinMs: number,
  probe: () => Promise<T | undefined> | T | undefined,
): Promise<T> {
  for (const deadline = Date.now() + withinMs; ; await sleep(250)) {
    const answer = await probe();
    if (answer !== undefined) return answer;
    if (Date.now() > deadline) throw new DemoFault(`${what}: not within ${withinMs / 1000} s`);
  }
}
