import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { userInfo } from 'node:os';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resultCodes } from '#domain/tasks/result-codes.ts';
import { exitCodes } from './exit-codes.ts';
import { readLocalPolicy } from './local-policy.ts';
import { makeDataFolder, openTestRuns } from './testing/test-runs.ts';

let folder: Awaited<ReturnType<typeof makeDataFolder>>;
beforeEach(async () => {
  folder = await makeDataFolder();
});
afterEach(() => folder.remove());

const read = async (content: string | Uint8Array) => {
  const file = join(folder.path, 'policy.yaml');
  await writeFile(file, content);
  return readLocalPolicy(file);
};

describe('readLocalPolicy', () => {
  it('allows everything without a file, and reads YAML and JSON', async () => {
    expect(await readLocalPolicy(undefined)).toEqual({});
    expect(await read('users: [deploy]\ncommands: []')).toEqual({ users: ['deploy'], commands: [] });
    expect(await read('{"interpreters": ["/bin/sh"]}')).toEqual({ interpreters: ['/bin/sh'] });
  });

  it.each(['', '- a list', 'user: [typo]', 'users: root', 'users: [1]', 'users: [', '*x', Buffer.from([0xe9])])(
    'is fatal where it cannot be understood: %j',
    async (text) => {
      await expect(read(text)).rejects.toMatchObject({ exitCode: exitCodes.policyUnreadable });
    },
  );
});

describe('what a policy refuses', () => {
  it('does not run, whatever the server says', async () => {
    const me = userInfo().username;
    const agent = await openTestRuns(folder.path, {
      policy: { users: [me], interpreters: ['bash'], commands: ['uptime', '/bin/true'] },
    });
    const code = async (command: Parameters<typeof agent.run>[0]) => (await agent.run(command)).code;
    const script = Buffer.from('true');
    expect(await code({ command: ['/bin/true'] })).toBe(resultCodes.normalTermination);
    expect(await code({ command: ['true'] })).toBe(resultCodes.cannotStart);
    expect(await code({ script, interpreter: 'bash' })).toBe(resultCodes.normalTermination);
    expect(await code({ script })).toBe(resultCodes.cannotStart);
    expect(await code({ command: ['/bin/true'], runAs: process.getuid?.() === 0 ? 'nobody' : 'root' })).toBe(
      resultCodes.userNotPermitted,
    );
    agent.abandon();
  });
});
