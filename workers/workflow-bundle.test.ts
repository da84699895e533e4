import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { workflowBundle } from './workflow-bundle.ts';

describe('workflowBundle', () => {
  it('holds the workflows and nothing of the servers or of validation', async () => {
    const bundle = await workflowBundle();
    const code = 'code' in bundle ? bundle.code : readFileSync(bundle.codePath, 'utf8');
    expect(code).toContain('"./workflows/tasks/task.workflow.ts"');
    for (const foreign of [
      'node_modules/zod',
      'node_modules/pg',
      'node_modules/kysely',
      // As modules are named in the bundle.
      '"./db/',
      '"./activities/',
      '"./platform/',
    ]) {
      expect(code).not.toContain(foreign);
    }
  });

  it('is made once', async () => {
    expect(await workflowBundle()).toEqual(await workflowBundle());
  });
});
