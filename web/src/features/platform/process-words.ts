import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';

const roles: Readonly<Record<string, MessageKey>> = {
  supervisor: 'status.roleSupervisor',
  temporal: 'status.roleTemporal',
  postgres: 'status.rolePostgres',
  api: 'status.roleApi',
  worker: 'status.roleWorker',
  gateway: 'status.roleGateway',
  agent: 'status.roleAgent',
};

/** What a process is for; nothing is said of one that this version does not know. */
export function processWord(role: string): string {
  const key = roles[role];
  return key === undefined ? '' : t(key);
}
