import { describe, expect, it } from 'vitest';
import { breaksByLineBreaks } from './line-breaks.ts';

describe('Windows line breaks', () => {
  it.each([
    ['no first line, so /bin/sh', 'cd /srv\r\nls\r\n', undefined],
    ['a shell in the first line', '#!/bin/bash\r\nls\r\n', undefined],
    ['any program in the first line: it gets another name', '#!/usr/bin/env python3\r\nprint(1)\r\n', undefined],
    ['a shell, in later lines only', '#!/usr/bin/env bash -e\ncd /srv\r\n', undefined],
    ['a shell that is given', '#!/usr/bin/python3\r\n', 'bash'],
    ['a shell by its path', 'ls\r\n', '/opt/my tools/zsh'],
  ])('break a script with %s', (_, script, interpreter) => {
    expect(breaksByLineBreaks(script, interpreter)).toBe(true);
    expect(breaksByLineBreaks(script.replaceAll('\r\n', '\n'), interpreter)).toBe(false);
  });

  it.each([
    ['is given a program that does not mind', '#!/bin/sh\r\n', 'python3'],
    ['names one in a first line without them', '#!/usr/bin/python3\nprint(1)\r\n', undefined],
    ['has only carriage returns', "printf '10%%\r50%%\r'\n", undefined],
  ])('do no harm where the script %s', (_, script, interpreter) => {
    expect(breaksByLineBreaks(script, interpreter)).toBe(false);
  });
});
