import type { AgentState } from '#domain/agents/agent.ts';
import { auditOf } from '#ledger/audit/audit.ts';
import { createRecord, liveEvents } from '#ledger/kernel/record.ts';

type RecordedAgent = { readonly id: string; readonly name: string };

/** Writes down what happened to an agent. */
export const record = createRecord({
  /** What live pages show from now on. */
  state: liveEvents(({ id }: RecordedAgent, state: AgentState) => [['agents', { id, state }]]),
  audit: auditOf(({ name }: RecordedAgent) => ({ target: name })),
});
