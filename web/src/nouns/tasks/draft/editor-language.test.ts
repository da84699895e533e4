import { expect, it } from 'vitest';
import { emptyDraft, type TaskDraft } from './draft.ts';
import { editorLanguage } from './editor-language.ts';

it.each<[Partial<TaskDraft>, string]>([
  [{}, 'shell'],
  [{ script: '#!/usr/bin/env python3\n' }, 'python'],
  [{ script: '#! /usr/bin/python3.12 -u\n' }, 'python'],
  [{ script: '#!/usr/bin/perl\n' }, 'plaintext'],
  [{ script: '#!/bin/zsh' }, 'shell'],
  [{ script: '#!/bin/sh', interpreter: 'python3' }, 'python'],
  [{ interpreter: 'other', otherInterpreter: '/usr/bin/fish' }, 'plaintext'],
])('colours %j as %s', (change, language) => {
  expect(editorLanguage({ ...emptyDraft, ...change })).toBe(language);
});
