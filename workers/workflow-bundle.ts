import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';

const root = join(import.meta.dirname, '..');

/**
 * The workflows as one file that the sandbox can load, made once per content of workflows/ and domain/ and kept under
 * dist/ (bundling takes seconds, every start of a worker wants it). Where dist/ cannot be written, the code itself.
 */
export async function workflowBundle(): Promise<{ codePath: string } | { code: string }> {
  const directory = join(root, 'dist', 'workflows');
  const codePath = join(directory, `${sourceHash()}.js`);
  if (existsSync(codePath)) return { codePath };
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(root, 'workflows', 'index.ts'),
    logger: silent,
  });
  try {
    mkdirSync(directory, { recursive: true });
    for (const old of readdirSync(directory)) rmSync(join(directory, old), { force: true });
    const unfinished = `${codePath}.${process.pid}`;
    writeFileSync(unfinished, code);
    renameSync(unfinished, codePath);
    return { codePath };
  } catch {
    return { code };
  }
}

function sourceHash(): string {
  const hash = createHash('sha256');
  const sdk = createRequire(import.meta.url)('@temporalio/workflow/package.json') as { version: string };
  hash.update(sdk.version);
  for (const folder of ['workflows', 'domain', 'words']) {
    const files = readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .sort();
    for (const file of files) hash.update(`\0${folder}/${file}\0`).update(readFileSync(join(root, folder, file)));
  }
  return hash.digest('hex').slice(0, 32);
}

const ignore = (): void => undefined;
const silent = { log: ignore, trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
