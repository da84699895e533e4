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

/** How many nodes Temporal is told of one subject: its histories do not grow with what people choose. */
const nodesTold = 20;

/** The nodes of a subject as Temporal is told of them: the first few. */
export function nodesForTemporal(nodes: readonly string[]): readonly string[] {
  return nodes.slice(0, nodesTold);
}

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
