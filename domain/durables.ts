import type { DurableName } from './names.ts';

/** The Temporal task queue of all workflows, and of the activities that need no agent connection. */
export const controlTaskQueue = 'signalbox';

/** What workflows can be searched by in Temporal, as name → type: the same few for every noun. Every server must know them. */
export const searchAttributeTypes = {
  /** The kind of change that is decided on or carried out. */
  SignalboxKind: 'Keyword',
  SignalboxState: 'Keyword',
  /** Full names of the nodes concerned. */
  SignalboxNode: 'KeywordList',
  /** Name of the person. */
  SignalboxRequester: 'Keyword',
} as const;

/** The workflow that carries a subject from its first moment to its end: one at a time, found by this id. */
export function durableWorkflowId(noun: DurableName, id: string): string {
  return `${noun}/${id}`;
}

/** What an Update of a durable workflow carries: an id, nothing more; the row says what is asked and by whom. */
export interface OperationInput {
  readonly operationId: string;
}

/** What becomes of an operation: asked for, then carried out or refused, once. */
export type OperationState = 'requested' | 'applied' | 'refused';
