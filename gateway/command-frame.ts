import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';
import { secretsIn } from '#domain/secrets/secret-variables.ts';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { taskLimits } from '#domain/tasks/task.ts';
import { type GatewayFrame, RunCommand } from '#proto/gen/agent.ts';
import type { RunnableTask, TaskRefusal } from './runnable-task.ts';

/** Agents of this protocol and later keep secrets apart and mask them; others are handed none. */
const secretsSince = 2;

/** A command as the agent gets it. The payload is that of its task; kills and revocations need none. */
export function commandFrame(command: OutstandingCommand, task: RunnableTask, protocol: number): GatewayFrame {
  const { seq, kind } = command;
  const run = { runId: command.runId, taskId: command.taskId, attempt: command.attempt };
  if (kind === 'kill') return { body: { $case: 'kill', value: { seq, run } } };
  if (kind === 'revoke') return { body: { $case: 'revoke', value: { seq, run } } };
  const refusal = task.refusal ?? tooOldFor(task, protocol);
  const rest = refusal === undefined ? contentOf(task) : refusedContent(refusal);
  return { body: { $case: 'run', value: RunCommand.fromPartial({ seq, run, ...rest }) } };
}

function contentOf({ payload, secrets }: RunnableTask): Partial<RunCommand> {
  const texts = Object.entries(payload.env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    script: Buffer.from(payload.script ?? '', 'utf8'),
    command: [...(payload.command ?? [])],
    interpreter: payload.interpreter ?? '',
    args: [...payload.args],
    env: { ...Object.fromEntries(texts), ...secrets },
    secretNames: Object.keys(secrets),
    workDir: payload.workDir ?? '',
    runAs: payload.runAs ?? '',
    timeoutMs: payload.timeoutMs,
    outputLimitBytes: taskLimits.outputBytes,
  };
}

function tooOldFor({ payload }: RunnableTask, protocol: number): TaskRefusal | undefined {
  if (protocol >= secretsSince || secretsIn(payload.env).length === 0) return undefined;
  return { code: 'cannotStart', detail: 'this agent is too old to be given secrets' };
}

/**
 * A command that its agent ends at once. It goes the way of all commands, so that a run which the agent has had before
 * is neither ended by this nor started twice. An agent that does not know refusals finds a variable that none can have.
 */
function refusedContent({ code, detail }: TaskRefusal): Partial<RunCommand> {
  return { refusal: { code: resultCodes[code], detail }, env: { [detail]: '' }, command: ['false'], timeoutMs: 1 };
}

/** Everything up to this number has been sent or is void. */
export function caughtUpFrame(through: number): GatewayFrame {
  return { body: { $case: 'caughtUp', value: { seq: through } } };
}
