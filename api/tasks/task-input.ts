import type { z } from '@hono/zod-openapi';
import type { taskInputSchema } from './tasks.contract.ts';
import { fieldErrors } from '#api/kernel/http/validation.ts';
import { Problem } from '#domain/errors.ts';
import { parseDuration } from '#domain/tasks/duration.ts';
import { type TaskPayloadRequest, taskPayloadRequestSchema } from '#domain/tasks/task.ts';

/** What runs, out of what was sent; wrong fields are named as they were sent. */
export function payloadOf(input: z.output<typeof taskInputSchema>): TaskPayloadRequest {
  const { script, command, interpreter, args, env, workDir, runAs, timeout } = input;
  const timeoutMs = timeout === undefined ? undefined : parseDuration(timeout);
  const parsed = taskPayloadRequestSchema.safeParse({
    script,
    command,
    interpreter,
    args,
    env,
    workDir,
    runAs,
    timeoutMs,
  });
  if (parsed.success) return parsed.data;
  const fields = fieldErrors(parsed.error.issues).map(({ field, fault }) => ({
    field: field === 'timeoutMs' ? 'timeout' : field,
    fault,
  }));
  throw Problem.input(fields);
}

const titleLength = 80;

/** A title for a task that was given none: the command, or the first line of the script that says something. */
export function defaultTitle(payload: Pick<TaskPayloadRequest, 'script' | 'command'>): string {
  const lines = (payload.script ?? '').split('\n').map((line) => line.trim());
  const telling =
    lines.find((line) => line !== '' && !line.startsWith('#')) ?? lines.find((line) => line !== '') ?? 'script';
  const text = (payload.command?.join(' ') ?? telling).replaceAll(/\s+/g, ' ').trim() || 'command';
  return text.length <= titleLength ? text : `${text.slice(0, titleLength - 1)}…`;
}
