import { render } from 'svelte/server';
import { expect, it } from 'vitest';
import LineBreakWarning from './LineBreakWarning.svelte';

const windows = 'cd /srv\r\nls\r\n';
const shown = (props: { script: string; interpreter?: string; onconvert?: (script: string) => void }) =>
  render(LineBreakWarning, { props: { interpreter: undefined, ...props } }).body;

it('warns of Windows line breaks that will break the script, and of no others', () => {
  expect(shown({ script: windows })).toContain('Windows line breaks (CRLF)');
  expect(shown({ script: windows, interpreter: 'python3' })).not.toContain('CRLF');
  expect(shown({ script: 'cd /srv\nls\n' })).not.toContain('CRLF');
});

it('offers to mend them where the script can be changed here', () => {
  expect(shown({ script: windows, onconvert: () => undefined })).toContain('<button');
  expect(shown({ script: windows })).not.toContain('<button');
});
