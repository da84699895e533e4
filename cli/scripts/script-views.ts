import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import type { Script, ScriptDetail, ScriptVersion, ScriptVersionDetail } from '#api/scripts/scripts.contract.ts';
import type { Paint } from '../kernel/output/paint.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { localTime, oneLine, terminalText } from '../kernel/output/text.ts';

export const scriptList: ListView<Script> = {
  columns: [
    { header: 'NAME', value: (script) => script.name },
    { header: 'LANGUAGE', value: (script) => script.language },
    { header: 'VERSION', value: (script) => script.version },
    { header: 'BYTES', value: (script) => script.bytes, wide: true },
    { header: 'CHANGED', value: (script) => localTime(script.updatedAt) },
    { header: 'BY', value: (script) => script.updatedBy },
    { header: 'CREATED', value: (script) => localTime(script.createdAt), wide: true },
    { header: 'CREATED BY', value: (script) => script.createdBy, wide: true },
    { header: 'ID', value: (script) => script.id, wide: true },
    { header: 'DESCRIPTION', value: (script) => script.description },
  ],
  name: (script) => script.name,
  empty: 'No scripts.',
};

/** A script without its text: that is `get --content`. */
export const scriptItem: ItemView<ScriptDetail> = {
  fields: (script) => [
    ['name', oneLine(script.name)],
    ['language', script.language],
    ['description', oneLine(script.description) || '-'],
    ['version', `${script.version}, ${script.bytes} bytes`],
    ['note', oneLine(script.note) || '-'],
    ['created', `${localTime(script.createdAt)} by ${oneLine(script.createdBy)}`],
    ['changed', `${localTime(script.updatedAt)} by ${oneLine(script.updatedBy)}`],
    ['you may', script.actions.flatMap(({ name, allowed }) => (allowed ? [name] : [])).join(', ') || 'only look'],
    ['id', script.id],
  ],
  name: (script) => script.name,
};

export const versionList: ListView<ScriptVersion> = {
  columns: [
    { header: 'VERSION', value: (version) => version.version },
    { header: 'CREATED', value: (version) => localTime(version.createdAt) },
    { header: 'BY', value: (version) => version.createdBy },
    { header: 'BYTES', value: (version) => version.bytes },
    { header: 'NOTE', value: (version) => version.note },
  ],
  name: (version) => String(version.version),
  empty: 'No versions.',
};

export const versionItem: ItemView<ScriptVersionDetail> = {
  fields: (version) => [
    ['version', `${version.version}, ${version.bytes} bytes`],
    ['note', oneLine(version.note) || '-'],
    ['created', `${localTime(version.createdAt)} by ${oneLine(version.createdBy)}`],
  ],
  name: (version) => String(version.version),
};

/** What changes from one version of a script to another; version 0 is nothing. */
export interface ScriptDiff {
  readonly script: string;
  readonly from: number;
  readonly to: number;
  /** Empty where nothing changes. */
  readonly unified: string;
}

/** Comparing two texts takes so long at most. */
const compareMs = 5_000;

/** Compares two versions; undefined where the texts are too different to be compared in reasonable time. */
export function diffVersions(
  script: string,
  before: { version: number; content: string },
  after: { version: number; content: string },
): ScriptDiff | undefined {
  const file = ({ version }: { version: number }) => `${script}@${version}`;
  const unified =
    before.content === after.content
      ? ''
      : createTwoFilesPatch(file(before), file(after), before.content, after.content, undefined, undefined, {
          timeout: compareMs,
          headerOptions: FILE_HEADERS_ONLY,
        });
  return unified === undefined ? undefined : { script, from: before.version, to: after.version, unified };
}

/** A difference as people read one, safe on a terminal. */
export function scriptDiffText({ unified }: ScriptDiff, paint: Paint): string {
  if (unified === '') return 'No difference.\n';
  const tone = (line: string) =>
    /^(---|\+\+\+) /.test(line) ? 'strong' : line.startsWith('+') ? 'good' : line.startsWith('-') ? 'bad' : 'plain';
  const lines = terminalText(unified).replace(/\n$/, '').split('\n');
  return lines.map((line, at) => `${paint(at < 2 ? 'strong' : tone(line), line)}\n`).join('');
}
