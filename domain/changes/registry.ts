import { Problem } from '../errors.ts';
import type { ChangeKind } from './change-kind.ts';
import { type ChangeKindName, changeKindNames } from '../names.ts';
import { createManualStepKind, type ManualStepPort } from '../tickets/manual-step.kind.ts';
import { createTaskRunKind, type TaskRunPort } from '../tasks/task-run.kind.ts';

/** What the kinds need of the ledger. */
export interface ChangePorts {
  readonly taskRun: TaskRunPort;
  readonly manualStep: ManualStepPort;
}

/** All kinds of change. `get` refuses a name that none of them has (`unknown-kind`). */
export interface ChangeKinds {
  get(kind: string): ChangeKind<unknown>;
}

/** Puts the kinds on their ports. A new kind is entered here, and in the list of names. */
export function createChangeKinds(ports: ChangePorts): ChangeKinds {
  const kinds: { readonly [kind in ChangeKindName]: ChangeKind<unknown> } = {
    'task.run': createTaskRunKind(ports.taskRun),
    'manual.step': createManualStepKind(ports.manualStep),
  };
  return {
    get(kind) {
      if (isChangeKind(kind)) return kinds[kind];
      const message = `there is no kind of change '${kind}' (there are ${changeKindNames.join(', ')})`;
      throw new Problem('invalid-input', message, { reason: 'unknown-kind', fields: [{ field: 'kind', message }] });
    },
  };
}

function isChangeKind(kind: string): kind is ChangeKindName {
  return (changeKindNames as readonly string[]).includes(kind);
}
