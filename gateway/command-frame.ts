import type { OutstandingCommand } from '#ledger/tasks/delivery.ts';
import { secretsIn } from '#domain/secrets/secret-variables.ts';
import { type TaskPayload, taskLimits } from '#domain/tasks/task.ts';
import type { GatewayFrame } from '#proto/gen/agent.ts';

/** A command as the agent gets it. The payload is that of its task; kills and revocations need none. */
export function commandFrame(command: OutstandingCommand, payload: TaskPayload): GatewayFrame {
  const { seq, kind } = command;
  const run = { runId: command.runId, taskId: command.taskId, attempt: command.attempt };
  if (kind === 'kill') return { body: { $case: 'kill', value: { seq, run } } };
  if (kind === 'revoke') return { body: { $case: 'revoke', value: { seq, run } } };
  return {
    body: {
      $case: 'run',
      value: {
        seq,
        run,
        script: Buffer.from(payload.script ?? '', 'utf8'),
        command: [...(payload.command ?? [])],
        interpreter: payload.interpreter ?? '',
        args: [...payload.args],
        env: textsOf(payload),
        workDir: payload.workDir ?? '',
        runAs: payload.runAs ?? '',
        timeoutMs: payload.timeoutMs,
        outputLimitBytes: taskLimits.outputBytes,
      },
    },
  };
}

/** Everything up to this number has been sent or is void. */
export function caughtUpFrame(through: number): GatewayFrame {
  return { body: { $case: 'caughtUp', value: { seq: through } } };
}

/** No variable can have the second name: an agent refuses the run, rather than to start it without its secrets. */
function textsOf({ env }: TaskPayload): Record<string, string> {
  const texts = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return {
    ...Object.fromEntries(texts),
    ...(secretsIn(env).length === 0 ? {} : { 'secrets are not handed out yet': '' }),
  };
}
