import type { AgentState } from '#domain/agents/agent.ts';
import type { StateWord } from '#web/lib/ui/state-words.ts';

/** The states of an agent as people see them. */
export const agentStates: Readonly<Record<AgentState, StateWord>> = {
  online: { word: { en: 'Online', zh: '在线' }, tone: 'ok', icon: 'dot' },
  offline: { word: { en: 'Offline', zh: '离线' }, tone: 'idle', icon: 'unknown' },
  revoked: { word: { en: 'Revoked', zh: '已吊销' }, tone: 'danger', icon: 'stop' },
};
