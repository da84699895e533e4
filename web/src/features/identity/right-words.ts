import type { Action } from '#domain/names.ts';
import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';

/** What each right lets people do; a new right without words does not compile. */
export const rightWords: Record<Action, MessageKey> = {
  'tree.view': 'admin.rightTreeView',
  'tree.edit': 'admin.rightTreeEdit',
  'tree.bind': 'admin.rightTreeBind',
  'tree.grant': 'admin.rightTreeGrant',
  'task.view': 'admin.rightTaskView',
  'task.run': 'admin.rightTaskRun',
  'ticket.view': 'admin.rightTicketView',
  'policy.edit': 'admin.rightPolicyEdit',
  'agent.view': 'admin.rightAgentView',
  'agent.manage': 'admin.rightAgentManage',
  'user.manage': 'admin.rightUserManage',
  'webhook.manage': 'admin.rightWebhookManage',
  'script.edit': 'admin.rightScriptEdit',
  'audit.view': 'admin.rightAuditView',
  'platform.view': 'admin.rightPlatformView',
};
