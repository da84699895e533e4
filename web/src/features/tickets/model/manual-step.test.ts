import { describe, expect, it, vi } from 'vitest';
import { manualStepFaults, manualStepInput } from './manual-step.ts';

const form = { node: ' shop.db ', title: ' Swap ', instructions: 'pull\n', runAt: '' };

describe('asking for a manual step', () => {
  it('names what is missing', () => {
    expect(manualStepFaults({ node: '', title: ' ', instructions: '', runAt: '' })).toEqual({
      node: 'tickets.nodeMissing',
      title: 'tickets.stepTitleMissing',
      instructions: 'tickets.stepInstructionsMissing',
    });
    expect(manualStepFaults({ ...form, runAt: 'tomorrow' })).toEqual({ runAt: 'tickets.stepRunAtWrong' });
    expect(manualStepFaults(form)).toEqual({});
  });

  it('refuses an hour that the clocks here skip', () => {
    vi.stubEnv('TZ', 'Europe/Berlin');
    expect(manualStepFaults({ ...form, runAt: '2026-03-29T02:30' })).toEqual({ runAt: 'reasons.skipped-hour' });
    vi.unstubAllEnvs();
  });

  it('asks with trimmed text, and a time only where there is one', () => {
    const input = { kind: 'manual.step', node: 'shop.db', title: 'Swap', instructions: 'pull' };
    expect(manualStepInput(form)).toEqual(input);
    const at = '2026-11-22T10:30';
    expect(manualStepInput({ ...form, runAt: at })).toEqual({ ...input, runAt: new Date(at).toISOString() });
  });
});
