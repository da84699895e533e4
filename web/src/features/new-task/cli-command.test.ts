import { spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { taskInputSchema } from '#api/tasks/tasks.contract.ts';
import { readTaskInput, type TaskRunOptions } from '#cli/tasks/task-input.ts';
import { withTaskOptions } from '#cli/tasks/task-options.ts';
import { cliCommandOf } from './cli-command.ts';
import { emptyDraft, type LibraryChoice, type TaskDraft } from '#web/nouns/tasks/draft/draft.ts';
import { inputOfDraft } from '#web/nouns/tasks/draft/draft-input.ts';

const rotate: LibraryChoice = {
  id: 'b7b4a5a6-0000-4000-8000-000000000001',
  name: 'rotate-logs',
  version: 3,
  language: 'shell',
  content: 'logrotate -f "$1"\n',
};

const drafts: Record<string, Partial<TaskDraft>> = {
  'a command on a node': { source: 'command', command: `bash -c 'df -h / | tail -1' "it's"`, node: 'infra.web' },
  'a script on hosts': {
    script: "#!/bin/bash\necho \"$HOME\" 'x' `id`\ncat <<'SCRIPT'\nSCRIPT\n",
    targetBy: 'pasted',
    pasted: 'web-1\nweb-2, 10.0.0.7 # spare',
    title: "Check the disks' state: 100 %",
  },
  'a script without a line break at its end': { script: '-n \\ "%s" $x', node: 'a' },
  'a script with Windows line breaks': { script: 'echo a\r\necho b\r\n', node: 'a' },
  'everything that can be said': {
    script: 'import sys\n',
    interpreter: 'other',
    otherInterpreter: '/opt/py thon/bin/python3',
    args: ['', '-x', '--', '--node', 'a b', "o'clock", '$1', 'é\n2'],
    workDir: '/srv/my app',
    runAs: 'deploy',
    env: [
      { name: 'A', value: '' },
      { name: 'B_2', value: ' x=y "z" ' },
    ],
    targetBy: 'machines',
    machines: [
      { name: 'db-1', address: '10.0.0.1' },
      { name: 'Db_2.example', address: '' },
    ],
    concurrency: 'limit',
    concurrencyLimit: '5',
    timeout: '90',
    timeoutUnit: 's',
    onError: 'share',
    onErrorShare: '20',
    when: 'later',
    runAt: '2031-01-02T03:04',
    expiresAt: '2031-01-02T05:04',
  },
  'a script of the library': { source: 'library', library: rotate, args: ['nginx'], node: 'infra', onError: 'stop' },
  'more hosts than one word can hold': {
    source: 'command',
    command: 'id',
    targetBy: 'pasted',
    pasted: Array.from({ length: 20_000 }, (_, index) => `rack-${index}.example.net`).join('\n'),
  },
};

describe('the command line of a draft', () => {
  it.each(Object.entries(drafts))('submits the same task: %s', async (_, change) => {
    const draft = { ...emptyDraft, ...change };
    const input = inputOfDraft(draft);
    expect(await inputOfCommandLine(cliCommandOf(draft))).toEqual(input);
    expect(taskInputSchema.safeParse(input).error).toBeUndefined();
  });

  it('names the version of the library script, not its text', () => {
    const command = cliCommandOf({ ...emptyDraft, source: 'library', library: rotate, node: 'infra' });
    expect(command).toContain('--library rotate-logs@3');
    expect(command).not.toContain('logrotate -f');
  });

  it('hands over the text where the name would choose another interpreter', async () => {
    const library: LibraryChoice = { ...rotate, name: 'py', language: 'python', content: 'print(1)\n' };
    const draft: TaskDraft = { ...emptyDraft, source: 'library', library, node: 'infra' };
    expect(await inputOfCommandLine(cliCommandOf(draft))).toEqual(inputOfDraft(draft));
    expect(cliCommandOf({ ...draft, interpreter: 'python3' })).toContain('--library py@3');
  });
});

/** What the real command line makes of a text that a real shell has read. */
async function inputOfCommandLine(text: string) {
  const listen = `signalbox() { printf '%s\\0' "$@"; case " $* " in *" --script - "*) printf 'STDIN\\0'; cat;; esac; }`;
  const run = spawnSync('bash', ['-c', 'eval "$(cat)"'], {
    input: `${listen}\n${text}\n`,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  expect(run.stderr).toBe('');
  const parts = run.stdout.split('\0');
  const standardInput = parts.pop() ?? '';
  const argv = parts.at(-1) === 'STDIN' ? parts.slice(0, -1) : parts;
  expect(argv.splice(0, 2)).toEqual(['task', 'run']);
  const at = argv.indexOf('--');
  const command = withTaskOptions(new Command()).exitOverride();
  command.parse(at === -1 ? argv : argv.slice(0, at), { from: 'user' });
  const passthrough = at === -1 ? undefined : argv.slice(at + 1);
  return readTaskInput(
    command.opts<TaskRunOptions>(),
    passthrough,
    { cwd: '/', stdin: Readable.from([Buffer.from(standardInput)]) },
    (reference) => Promise.resolve({ title: reference, content: rotate.content, interpreter: undefined }),
  );
}
