import { z } from 'zod';
import { Problem } from '../errors.ts';
import type { ChangeContent, ChangeKind, DiffSection } from '../changes/change-kind.ts';

export const manualStepPayloadSchema = z.object({ title: z.string().min(1), instructions: z.string().min(1) });
export type ManualStepPayload = z.infer<typeof manualStepPayloadSchema>;

export type ManualStepState = 'awaiting-approval' | 'open' | 'done' | 'failed' | 'refused';

/** A step as its row says it now. */
export interface ManualStepSubject extends ManualStepPayload {
  readonly state: ManualStepState;
  readonly note: string | null;
  readonly completedBy: string | null;
}

/** What `manual.step` needs of the ledger. */
export interface ManualStepPort {
  /** The step, held until the transaction ends; undefined where there is none. */
  read(stepId: string): Promise<ManualStepSubject | undefined>;
  /** From `awaiting-approval` to `open`; any other step stays as it is. */
  open(stepId: string): Promise<void>;
  /** From `awaiting-approval` to `refused`; any other step stays as it is. */
  refuse(stepId: string, reason: string): Promise<void>;
}

/** Something that a person does by hand and says how it ended. Nothing is looked at while planning, so nothing drifts. */
export function createManualStepKind(port: ManualStepPort): ChangeKind<ManualStepPayload> {
  return {
    kind: 'manual.step',
    schemaVersion: 1,
    schema: manualStepPayloadSchema,
    async plan(stepId) {
      const step = await port.read(stepId);
      if (step === undefined) throw new Problem('not-found', `There is no step ${stepId}`, { reason: 'no-such-step' });
      const { title, instructions } = step;
      return { title, payload: { title, instructions }, targets: [], baseVersion: '', risk: 'low' };
    },
    diff: diffManualStep,
    check: () => undefined,
    refresh: () => Promise.resolve(),
    async apply(stepId) {
      await port.open(stepId);
      return { start: undefined };
    },
    async verify(stepId) {
      const step = await port.read(stepId);
      if (step?.state !== 'done' && step?.state !== 'failed') return undefined;
      const by = step.completedBy === null ? '' : ` by ${step.completedBy}`;
      const note = step.note === null || step.note === '' ? '' : `: ${step.note}`;
      const verb = step.state === 'done' ? 'Done' : 'Reported as failed';
      return { succeeded: step.state === 'done', summary: `${verb}${by}${note}` };
    },
    refuse: (stepId, reason) => port.refuse(stepId, reason),
  };
}

function diffManualStep(before: ChangeContent | undefined, after: ChangeContent): DiffSection[] {
  const old = before?.payload as ManualStepPayload | undefined;
  const { title, instructions } = after.payload as ManualStepPayload;
  const sections = [
    { title: 'Title', language: 'text', before: old?.title ?? '', after: title },
    { title: 'Instructions', language: 'text', before: old?.instructions ?? '', after: instructions },
    { title: 'Run time', language: 'text', before: before?.runAt ?? '', after: after.runAt ?? '' },
  ];
  return sections.filter((section) => section.before !== section.after);
}
