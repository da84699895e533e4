import { ApplicationFailure } from '@temporalio/common';
import { durableWorkflowId } from '#domain/durables.ts';
import type { DurableName } from '#domain/names.ts';
import type { KeptByLoop } from './loop-state.ts';
import { isRowId } from './row-id.ts';

type Checks<Field extends PropertyKey> = Readonly<Record<Field, (value: unknown) => boolean>>;

/** What each field has to be that a noun's own state hands on, beside the id of its subject and what every loop keeps. */
export type OwnChecks<Input> = Checks<Exclude<keyof Input, `${DurableName}Id` | keyof KeptByLoop<unknown>>>;

/** Whether a value is a whole number that counts something. */
export function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

const loopChecks: Checks<keyof KeptByLoop<unknown>> = { handled: Array.isArray, signalLimit: isCount };

/** Refuses an input that is none of ours: anyone who reaches Temporal's port can start a workflow with anything. */
export function checkInput<Input>(
  noun: DurableName,
  workflowId: string,
  input: unknown,
  own: OwnChecks<Input>,
): asserts input is Input {
  const given: Readonly<Record<string, unknown>> = typeof input === 'object' && input !== null ? { ...input } : {};
  const id = given[`${noun}Id`];
  const absentOrRight = (checks: Checks<string>) =>
    Object.entries(checks).every(([field, isRight]) => given[field] === undefined || isRight(given[field]));
  const isOurs = isRowId(id) && workflowId === durableWorkflowId(noun, id);
  if (isOurs && absentOrRight(loopChecks) && absentOrRight(own)) return;
  throw ApplicationFailure.nonRetryable(`A ${noun} workflow is ${noun}/<id of a ${noun}>`, 'invalid-input');
}
