import type { TestPart } from '../ensure/missing.ts';

/** A vitest project, with the servers without which it cannot run. */
export interface TestProject {
  readonly name: string;
  readonly needs: readonly TestPart[];
}

/** Run one after the other, cheap ones first; those of one stage run side by side. */
export const testStages: readonly (readonly TestProject[])[] = [
  [
    { name: 'unit', needs: [] },
    { name: 'web', needs: [] },
    { name: 'ledger', needs: ['postgres'] },
  ],
  [
    { name: 'temporal', needs: ['postgres', 'temporal', 'temporalTestServer'] },
    { name: 'agent', needs: [] },
  ],
  [{ name: 'browser', needs: ['postgres', 'temporal', 'chromium'] }],
  [{ name: 'e2e', needs: ['postgres', 'temporal'] }],
  [{ name: 'chaos', needs: ['postgres', 'temporal'] }],
];
