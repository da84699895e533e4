import { z } from 'zod';
import type { TextMark } from '../audit/text-mark.ts';
import type {
  ChangeContent,
  ChangeKind,
  ChangeResult,
  ChangeTarget,
  DiffSection,
  NewSubject,
  NodeName,
  Risk,
} from '../changes/change-kind.ts';
import { Problem } from '../errors.ts';
import { because, type Reason, someOf } from '../reasons.ts';
import type { Caller } from '../identity/caller.ts';
import { secretsIn } from '../secrets/secret-variables.ts';
import type { TaskCounts } from './host-run.ts';
import { taskWorkflowId } from './ports.ts';
import { countSubmitted, type SubmittedHost } from './submitted-host.ts';
import {
  type EndedTaskState,
  isEndedTask,
  taskPayloadRequestSchema,
  type TaskPayload,
  type TaskState,
  type TaskStrategy,
  taskStrategySchema,
} from './task.ts';

/** Everything that says what a task runs; where it runs are its targets. */
export type TaskRunPayload = TaskPayload & { readonly title: string; readonly strategy: TaskStrategy };

/** What is proposed: hosts by a node (and everything below it), or by words that name them. */
export const taskRunProposalSchema = z.object({
  title: z.string().min(1),
  payload: taskPayloadRequestSchema,
  strategy: taskStrategySchema,
  target: z.object({ node: z.string().optional(), hosts: z.array(z.string()).optional() }),
});
export type TaskRunProposal = z.infer<typeof taskRunProposalSchema>;

/** Where a task goes: its hosts in order, and the nodes by which it is decided who may see and steer it. */
export interface ResolvedTarget {
  readonly hosts: readonly SubmittedHost[];
  readonly nodes: readonly NodeName[];
}

/** What a task is written down with. */
export interface TaskRunContent {
  readonly title: string;
  readonly payload: TaskPayload;
  readonly strategy: TaskStrategy;
  readonly target: ResolvedTarget;
}

/** One host of a task as its rows say it. */
export interface TaskRunHost {
  readonly host: string;
  readonly machineId: string | null;
  readonly agentId: string | null;
  /** Whether its frozen target is this host, machine and agent. */
  readonly frozen: boolean;
}

/** A task as its rows say it now. */
export interface TaskRunSubject {
  readonly title: string;
  readonly payload: TaskPayload;
  readonly strategy: TaskStrategy;
  /** In the order in which they are handed out. */
  readonly hosts: readonly TaskRunHost[];
  /** Digest of each machine with its present agent and the nodes it is bound to. */
  readonly baseVersion: string;
  /** Hosts whose agent changed since they were targeted. */
  readonly agentChanged: readonly string[];
  /** Why a secret that it names cannot be had for it any more; undefined where all can. */
  readonly secretFault: Reason | undefined;
}

/** What `task.run` needs of the ledger. */
export interface TaskRunPort {
  /** The hosts as they are now. Refuses those on which the proposer may not run tasks, and targets that are none. */
  resolveTarget(proposer: Caller, target: TaskRunProposal['target']): Promise<ResolvedTarget>;
  /**
   * An environment whose secrets are known by id and version. Refuses those that are not there and those that the
   * proposer may not use.
   */
  resolveEnvironment(proposer: Caller, env: TaskRunProposal['payload']['env']): Promise<TaskPayload['env']>;
  /** Writes the task with its hosts and frozen targets: `submitted`, or `awaiting-approval` with a ticket. */
  write(subject: NewSubject, content: TaskRunContent): Promise<void>;
  /** Puts other content in place of what a task holds that waits for its ticket. */
  replace(taskId: string, content: TaskRunContent): Promise<void>;
  /** The task, held until the transaction ends; undefined where there is none. */
  read(taskId: string): Promise<TaskRunSubject | undefined>;
  /** Enters the present agent of every host that waits, and freezes it. */
  bindToPresentAgents(taskId: string): Promise<void>;
  /** From `awaiting-approval` to `submitted`; any other task stays as it is. */
  release(taskId: string): Promise<void>;
  /** From `awaiting-approval` to `refused`; any other task stays as it is. */
  refuse(taskId: string, reason: Reason): Promise<void>;
  outcome(taskId: string): Promise<{ readonly state: TaskState; readonly counts: TaskCounts } | undefined>;
  readonly markOf: (text: string) => TextMark;
}

/** More hosts than these are a medium, or a high, risk. */
const manyHosts = { medium: 5, high: 50 } as const;

/** How much a run can break: high as root or on more than 50 hosts, medium on more than 5, else low. */
export function taskRunRisk(run: { readonly hosts: number; readonly runAs: string | undefined }): Risk {
  if (run.runAs === 'root' || run.hosts > manyHosts.high) return 'high';
  return run.hosts > manyHosts.medium ? 'medium' : 'low';
}

/** A payload as the audit has it: of what may hold secrets only marks, of a list those of its texts each ended by a NUL. */
function auditedPayload({ script, command, args, env, ...settings }: TaskPayload, { markOf }: TaskRunPort) {
  const secrets = secretsIn(env);
  const markOfList = (texts: readonly string[]) => markOf(texts.map((text) => `${text}\0`).join(''));
  return {
    ...settings,
    env: Object.keys(env),
    ...(secrets.length === 0 ? {} : { secrets: Object.fromEntries(secrets) }),
    ...(script === undefined ? {} : { script: markOf(script) }),
    ...(command === undefined ? {} : { command: markOfList(command) }),
    ...(args.length === 0 ? {} : { args: markOfList(args) }),
  };
}

/** Running a script or command on hosts, as a task. The subject is the task, which waits until it is let go. */
export function createTaskRunKind(port: TaskRunPort): ChangeKind<TaskRunProposal, TaskRunContent> {
  return {
    kind: 'task.run',
    schemaVersion: 1,
    schema: taskRunProposalSchema,
    needsTicket: false,
    async requires(proposer, { title, payload: asked, strategy, target }) {
      const resolved = await port.resolveTarget(proposer, target);
      const payload = { ...asked, env: await port.resolveEnvironment(proposer, asked.env) };
      const content = { title, payload, strategy, target: resolved };
      const counts = countSubmitted(resolved.hosts);
      return {
        title,
        nodes: resolved.nodes,
        targets: resolved.hosts.map(({ host, machineId = null, agentId = null }) =>
          targetOf({ host, machineId, agentId, frozen: true }),
        ),
        about: { counts },
        // Without the title: that of a task which was given none is the first line of what it runs.
        audited: { hosts: counts.total, payload: auditedPayload(payload, port), strategy },
        content,
      };
    },
    write: (subject, content) => port.write(subject, content),
    revise: (taskId, content) => port.replace(taskId, content),
    touches: ({ targets }) => ({ machineIds: machineIdsOf(targets), nodeIds: [] }),
    async plan(taskId) {
      const task = await port.read(taskId);
      if (task === undefined) throw new Problem('not-found', because('no-such-task'));
      const { title, payload, strategy, baseVersion } = task;
      return {
        title,
        // As stored, not as parsed: what is approved is what the rows say, to the letter.
        payload: { ...payload, title, strategy },
        targets: task.hosts.map(targetOf),
        baseVersion,
        risk: taskRunRisk({ hosts: task.hosts.length, runAs: payload.runAs }),
        ...(task.agentChanged.length === 0
          ? {}
          : { drift: because('agents-changed', { hosts: someOf(task.agentChanged) }) }),
        ...(task.secretFault === undefined ? {} : { impossible: task.secretFault }),
      };
    },
    diff: diffTaskRun,
    check(planned, now) {
      if (planned.baseVersion === now.baseVersion) return undefined;
      return now.drift ?? because('machines-changed');
    },
    refresh: (taskId) => port.bindToPresentAgents(taskId),
    apply: (taskId) => port.release(taskId),
    async start(taskId) {
      const outcome = await port.outcome(taskId);
      if (outcome === undefined || isEndedTask(outcome.state)) return undefined;
      return { workflowType: 'task', workflowId: taskWorkflowId(taskId), input: { taskId } };
    },
    async verify(taskId) {
      const outcome = await port.outcome(taskId);
      return outcome === undefined || !isEndedTask(outcome.state) ? undefined : resultOf(outcome.state, outcome.counts);
    },
    refuse: (taskId, reason) => port.refuse(taskId, reason),
  };
}

const unknownHost = 'unknown:';

function targetOf({ host, machineId, agentId, frozen }: TaskRunHost): ChangeTarget {
  const generation = agentId ?? '';
  // What would run is not what was frozen: no hash that was approved has this in it.
  return {
    id: machineId ?? `${unknownHost}${host}`,
    name: host,
    generation: frozen ? generation : `not ${generation}`,
  };
}

/** Names of targets that no machine is known by. */
export function unknownHostsOf(targets: readonly ChangeTarget[]): string[] {
  return targets.flatMap(({ id, name }) => (id.startsWith(unknownHost) ? name : []));
}

/** Machines of targets, each once; hosts that nobody knows are none. */
function machineIdsOf(targets: readonly ChangeTarget[]): string[] {
  return [...new Set(targets.flatMap(({ id }) => (id.startsWith(unknownHost) ? [] : id)))];
}

function resultOf(taskState: EndedTaskState, counts: TaskCounts): ChangeResult {
  const { total, succeeded } = counts;
  const reason = taskState === 'refused' ? because('task-refused') : because(`task-${taskState}`, { succeeded, total });
  return { succeeded: taskState === 'succeeded', reason, details: { taskState, counts } };
}

function diffTaskRun(before: ChangeContent | undefined, after: ChangeContent): DiffSection[] {
  const old = before === undefined ? undefined : textsOf(before);
  return textsOf(after).flatMap(({ title, language, text }, index) => {
    const was = old?.[index]?.text ?? '';
    return was === text ? [] : [{ title, language, before: was, after: text }];
  });
}

/** The parts of a content as text, always the same parts in the same order. */
function textsOf(content: ChangeContent): { title: string; language: string; text: string }[] {
  const { title, script, command, strategy, ...settings } = content.payload as TaskRunPayload;
  const json = (value: unknown) => JSON.stringify(value, undefined, 2);
  return [
    { title: 'Title', language: 'text', text: title },
    { title: 'Script', language: 'shell', text: script ?? '' },
    { title: 'Command', language: 'json', text: command === undefined ? '' : json(command) },
    { title: 'Settings', language: 'json', text: json(settings) },
    { title: 'Strategy', language: 'json', text: json(strategy) },
    { title: 'Hosts', language: 'text', text: content.targets.map(hostLine).join('\n') },
    { title: 'Run time', language: 'text', text: content.runAt ?? '' },
  ];
}

function hostLine(target: ChangeTarget): string {
  return target.generation === '' ? `${target.name} (no agent)` : `${target.name} (agent ${target.generation})`;
}
