import { z } from 'zod';
import { Problem } from '../errors.ts';
import { because } from '../reasons.ts';
import type { Caller } from '../identity/caller.ts';
import type {
  ChangeContent,
  ChangeKind,
  Completion,
  DiffSection,
  NewSubject,
  NodeName,
} from '../changes/change-kind.ts';

export interface ManualStepPayload {
  readonly title: string;
  readonly instructions: string;
}

/** What is proposed: what to do, and the node (by full name) that it is about. */
export const manualStepProposalSchema = z.object({
  title: z.string().min(1),
  instructions: z.string().min(1),
  node: z.string().min(1),
});
export type ManualStepProposal = z.infer<typeof manualStepProposalSchema>;

export type ManualStepState = 'awaiting-approval' | 'open' | 'done' | 'failed' | 'refused';

/** A step as its row says it now. */
export interface ManualStepSubject extends ManualStepPayload {
  readonly state: ManualStepState;
  readonly note: string | null;
  readonly completedBy: string | null;
}

/** What `manual.step` needs of the ledger. */
export interface ManualStepPort {
  /** The node, where the proposer may run tasks; else refused. */
  requireNode(proposer: Caller, node: string): Promise<NodeName>;
  /** Writes the step down, waiting for its ticket. */
  write(subject: NewSubject, payload: ManualStepPayload): Promise<void>;
  /** Writes the end of an `open` step; any other stays as it is. */
  complete(stepId: string, completion: Completion): Promise<void>;
  /** The step, held until the transaction ends; undefined where there is none. */
  read(stepId: string): Promise<ManualStepSubject | undefined>;
  /** From `awaiting-approval` to `open`; any other step stays as it is. */
  open(stepId: string): Promise<void>;
  /** From `awaiting-approval` to `refused`; any other step stays as it is. */
  refuse(stepId: string): Promise<void>;
}

/** Something that a person does by hand and says how it ended. Nothing is looked at while planning, so nothing drifts. */
export function createManualStepKind(port: ManualStepPort): ChangeKind<ManualStepProposal, ManualStepPayload> {
  return {
    kind: 'manual.step',
    schemaVersion: 1,
    schema: manualStepProposalSchema,
    // Its ticket is where a person says how it ended.
    needsTicket: true,
    async requires(proposer, { title, instructions, node }) {
      const payload = { title, instructions };
      return {
        title,
        nodes: [await port.requireNode(proposer, node)],
        targets: [],
        about: {},
        audited: payload,
        content: payload,
      };
    },
    write: (subject, payload) => port.write(subject, payload),
    touches: ({ nodeIds }) => ({ machineIds: [], nodeIds }),
    async plan(stepId) {
      const step = await port.read(stepId);
      if (step === undefined) throw new Problem('not-found', because('no-such-manual-step'));
      const { title, instructions } = step;
      return { title, payload: { title, instructions }, targets: [], baseVersion: '', risk: 'low' };
    },
    diff: diffManualStep,
    check: () => undefined,
    refresh: () => Promise.resolve(),
    apply: (stepId) => port.open(stepId),
    start: () => Promise.resolve(undefined),
    complete: (stepId, completion) => port.complete(stepId, completion),
    async verify(stepId) {
      const step = await port.read(stepId);
      if (step?.state !== 'done' && step?.state !== 'failed') return undefined;
      const { state, completedBy, note } = step;
      const by = completedBy ?? '';
      const reason =
        note === null || note === '' ? because(`${state}-by`, { by }) : because(`${state}-by-with-note`, { by, note });
      return { succeeded: state === 'done', reason };
    },
    refuse: (stepId) => port.refuse(stepId),
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
