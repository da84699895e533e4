import { z } from 'zod';
import { Problem } from '../errors.ts';
import type { TaskCounts } from './host-run.ts';
import {
  isEndedTask,
  taskPayloadSchema,
  type TaskPayload,
  type TaskState,
  type TaskStrategy,
  taskStrategySchema,
} from './task.ts';
import type {
  ChangeContent,
  ChangeKind,
  ChangeResult,
  ChangeTarget,
  DiffSection,
  Risk,
} from '../changes/change-kind.ts';

/** Everything that says what a task runs; where it runs are its targets. */
export const taskRunPayloadSchema = z
  .object({ title: z.string().min(1), strategy: taskStrategySchema })
  .and(taskPayloadSchema);
export type TaskRunPayload = z.infer<typeof taskRunPayloadSchema>;

/** One host of a task as its row says it. */
export interface TaskRunHost {
  readonly host: string;
  readonly machineId: string | null;
  readonly agentId: string | null;
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
  /** Hosts that another agent serves by now than their row says. */
  readonly servedAnew: readonly string[];
}

/** What `task.run` needs of the ledger. */
export interface TaskRunPort {
  /** The task, held until the transaction ends; undefined where there is none. */
  read(taskId: string): Promise<TaskRunSubject | undefined>;
  /** Enters the present agent of every host that waits. */
  bindToPresentAgents(taskId: string): Promise<void>;
  /** From `awaiting-approval` to `submitted`; any other task stays as it is. */
  release(taskId: string): Promise<void>;
  /** From `awaiting-approval` to `refused`; any other task stays as it is. */
  refuse(taskId: string, reason: string): Promise<void>;
  outcome(taskId: string): Promise<{ readonly state: TaskState; readonly counts: TaskCounts } | undefined>;
}

/** More hosts than these are a medium, or a high, risk. */
const manyHosts = { medium: 5, high: 50 } as const;

/** How much a run can break: high as root or on more than 50 hosts, medium on more than 5, else low. */
export function taskRunRisk(run: { readonly hosts: number; readonly runAs: string | undefined }): Risk {
  if (run.runAs === 'root' || run.hosts > manyHosts.high) return 'high';
  return run.hosts > manyHosts.medium ? 'medium' : 'low';
}

/** Running a script or command on hosts, as a task. The subject is the task, which waits until it is let go. */
export function createTaskRunKind(port: TaskRunPort): ChangeKind<TaskRunPayload> {
  return {
    kind: 'task.run',
    schemaVersion: 1,
    schema: taskRunPayloadSchema,
    async plan(taskId) {
      const task = await port.read(taskId);
      if (task === undefined) throw new Problem('not-found', `There is no task ${taskId}`, { reason: 'no-such-task' });
      const { title, payload, strategy, baseVersion } = task;
      return {
        title,
        // As stored, not as parsed: what is approved is what the rows say, to the letter.
        payload: { ...payload, title, strategy },
        targets: task.hosts.map(targetOf),
        baseVersion,
        risk: taskRunRisk({ hosts: task.hosts.length, runAs: payload.runAs }),
        ...(task.servedAnew.length === 0 ? {} : { drift: `another agent serves ${listed(task.servedAnew)} by now` }),
      };
    },
    diff: diffTaskRun,
    check(planned, now) {
      if (planned.baseVersion === now.baseVersion) return undefined;
      return now.drift ?? 'machines are bound to other nodes, or their agents changed, since it was asked for';
    },
    refresh: (taskId) => port.bindToPresentAgents(taskId),
    async apply(taskId) {
      await port.release(taskId);
      return { start: { workflowType: 'task', subjectId: taskId } };
    },
    async verify(taskId) {
      const outcome = await port.outcome(taskId);
      return outcome === undefined || !isEndedTask(outcome.state) ? undefined : resultOf(outcome.state, outcome.counts);
    },
    refuse: (taskId, reason) => port.refuse(taskId, reason),
  };
}

function targetOf(host: TaskRunHost): ChangeTarget {
  return { id: host.machineId ?? `unknown:${host.host}`, name: host.host, generation: host.agentId ?? '' };
}

function resultOf(taskState: TaskState, counts: TaskCounts): ChangeResult {
  const { total, succeeded } = counts;
  const summary = `The task ${taskState}: ${succeeded} of ${total} host${total === 1 ? '' : 's'} succeeded`;
  return { succeeded: taskState === 'succeeded', summary, details: { taskState, counts } };
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

function listed(names: readonly string[]): string {
  const more = names.length - 5;
  return names.slice(0, 5).join(', ') + (more > 0 ? ` and ${more} more` : '');
}
