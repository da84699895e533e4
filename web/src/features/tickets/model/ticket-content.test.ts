import { describe, expect, it } from 'vitest';
import type { TicketDetail } from '#web/nouns/tickets/client.ts';
import { hasHiddenCharacters, nameToType, readContent, shellLine } from './ticket-content.ts';

const content = (
  payload: Record<string, unknown>,
  kind: 'task.run' | 'manual.step' = 'task.run',
): TicketDetail['content'] => ({
  kind,
  schemaVersion: 1,
  payload,
  targets: [],
  baseVersion: 'b',
  runAt: null,
});

describe('what will run', () => {
  it('reads a script with everything around it', () => {
    const payload = {
      title: 'Restart',
      script: 'echo hi',
      args: ['a b'],
      env: { A: '1', PASSWORD: { secret: 'db-password', id: '0189-id', version: 3 } },
      workDir: '/srv',
      runAs: 'root',
      timeoutMs: 5_000,
      strategy: { concurrency: 3, onError: '10%' },
    };
    expect(readContent(content(payload))).toMatchObject({
      script: 'echo hi',
      language: 'shell',
      args: ['a b'],
      env: [
        ['A', '1'],
        ['PASSWORD', 'db-password@3'],
      ],
      workDir: '/srv',
      runAs: 'root',
      timeoutMs: 5_000,
      concurrency: 3,
      onError: '10%',
      others: undefined,
    });
  });

  it('hides nothing: what it does not know is shown as it is', () => {
    expect(readContent(content({ command: ['ls'], sudo: true, strategy: { canary: 1 } })).others).toBe(
      JSON.stringify({ sudo: true, canary: 1 }, undefined, 2),
    );
  });

  it.each([
    ['#!/usr/bin/env python3\nprint(1)', undefined, 'python'],
    ['print(1)', 'python3', 'python'],
    ['#!/bin/bash\nls', undefined, 'shell'],
    ['#!/usr/bin/env -S bash -e\nls', undefined, 'shell'],
    ['ls', undefined, 'shell'],
    ['puts 1', 'ruby', 'plaintext'],
    ['#!/usr/bin/fish\nls', undefined, 'plaintext'],
  ])('knows the language of %j', (script, interpreter, language) => {
    expect(readContent(content({ script, interpreter }))).toMatchObject({ language });
  });

  it('reads the instructions of a manual step', () => {
    expect(readContent(content({ title: 'x', instructions: 'pull the plug' }, 'manual.step'))).toMatchObject({
      instructions: 'pull the plug',
    });
  });

  it('writes a command as a shell would read it', () => {
    expect(shellLine(['bash', '-c', "echo 'hi'; ls", '', '--x=1'])).toBe(`bash -c 'echo '\\''hi'\\''; ls' '' --x=1`);
  });

  it('finds characters that deceive the eye', () => {
    expect(hasHiddenCharacters('rm -rf /\u202E# safe')).toBe(true);
    expect(hasHiddenCharacters('a\u200Bb')).toBe(true);
    expect(hasHiddenCharacters('\u001b[8mhidden')).toBe(true);
    expect(hasHiddenCharacters({ command: ['ls', 'a\u200Bb'] })).toBe(true);
    expect(hasHiddenCharacters({ env: { 'A\u202E': '1' } })).toBe(true);
    expect(hasHiddenCharacters({ args: [], timeoutMs: 1, runAs: null })).toBe(false);
    expect(hasHiddenCharacters('tab\tline\r\n中文 é 🙂')).toBe(false);
  });

  it('has the node typed, else the host, else the title', () => {
    const targets = [{ id: '1', name: 'web-1', generation: '' }];
    const ticket = { nodes: ['shop.db'], content: { ...content({}), targets }, title: 'T' };
    expect(nameToType(ticket)).toBe('shop.db');
    expect(nameToType({ ...ticket, nodes: [] })).toBe('web-1');
    expect(nameToType({ ...ticket, nodes: [], content: content({}) })).toBe('T');
  });
});
