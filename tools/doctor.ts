import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { examine } from './doctor/examine.ts';

const marks = { ok: 'ok  ', warn: 'WARN', fail: 'FAIL' } as const;

const { values } = parseArgs({ options: { json: { type: 'boolean', default: false } } });
const findings = await examine(process.env, dirname(dirname(fileURLToPath(import.meta.url))));
if (values.json) {
  process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`);
} else {
  for (const { check, level, found, advice } of findings) {
    process.stdout.write(`${marks[level]}  ${check.padEnd(20)} ${found}\n`);
    if (advice) process.stdout.write(`      ${' '.repeat(20)} → ${advice}\n`);
  }
}
process.exitCode = findings.some(({ level }) => level === 'fail') ? 1 : 0;
