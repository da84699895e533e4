import { describe, expect, it } from 'vitest';
import { draftOfTask } from './draft-of-task.ts';
import { inputOfDraft } from './draft-input.ts';

const hosts = [
  { name: 'web-2', address: '10.0.0.2' },
  { name: 'web-1', address: '10.0.0.1' },
];

describe('running a task again', () => {
  it('asks for the same: a script with everything', () => {
    const payload = {
      script: 'echo "$1"',
      interpreter: '/usr/bin/zsh',
      args: ['a', ''],
      env: { A: 'x=y', PASSWORD: { secret: 'db-password', id: '0189-id', version: 3 } },
      workDir: '/srv',
      runAs: 'deploy',
      timeoutMs: 5_400_000,
    };
    const draft = draftOfTask({ title: 'Again', payload, strategy: { concurrency: 2, onError: '10%' } }, hosts);
    expect(inputOfDraft(draft)).toEqual({
      title: 'Again',
      target: { hosts: ['web-2', 'web-1'] },
      script: 'echo "$1"',
      interpreter: '/usr/bin/zsh',
      args: ['a', ''],
      env: { A: 'x=y', PASSWORD: { secret: 'db-password', id: '0189-id', version: 3 } },
      workDir: '/srv',
      runAs: 'deploy',
      timeout: '90m',
      strategy: { concurrency: 2, onError: '10%' },
    });
  });

  it('asks for the same: a command, word by word', () => {
    const command = ['bash', '-c', `df | tail -1; echo "it's"`, ''];
    const payload = { command, args: [], env: {}, timeoutMs: 1500 };
    const draft = draftOfTask({ title: 't', payload, strategy: { onError: '3' } }, hosts);
    expect(inputOfDraft(draft)).toEqual({
      title: 't',
      target: { hosts: ['web-2', 'web-1'] },
      command,
      timeout: '2s',
      strategy: { onError: '3' },
    });
  });
});
