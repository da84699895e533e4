import type { RouteDeps } from './kernel/deps.ts';
import type { Register } from './kernel/http/register.ts';
import { addAgentRoutes } from './agents/agents.routes.ts';
import { addAuditRoutes } from './audit/audit.routes.ts';
import { addChangePreviewRoute } from './changes/change-preview.routes.ts';
import { addPolicyRoutes } from './changes/policies.routes.ts';
import { addIdentityRoutes } from './identity/identity.routes.ts';
import { addNotificationRoutes } from './notifications/notifications.routes.ts';
import { addWebhookRoutes } from './notifications/webhooks.routes.ts';
import { addPlatformRoutes } from './platform/platform.routes.ts';
import { addScriptRoutes } from './scripts/scripts.routes.ts';
import { addTaskOperationRoutes } from './tasks/task-operations.routes.ts';
import { addTaskSubmitRoute } from './tasks/task-submit.routes.ts';
import { addTaskRoutes } from './tasks/tasks.routes.ts';
import { addTicketOperationRoutes } from './tickets/ticket-operations.routes.ts';
import { addTicketSubmitRoute } from './tickets/ticket-submit.routes.ts';
import { addTicketRoutes } from './tickets/tickets.routes.ts';
import { addTreeGrantRoutes } from './tree/tree-grants.routes.ts';
import { addTreeMachineRoutes } from './tree/tree-machines.routes.ts';
import { addTreeRoutes } from './tree/tree.routes.ts';

/** The routes of every room. The only list of nouns on this floor. */
export const rooms: readonly ((register: Register, deps: RouteDeps) => void)[] = [
  addIdentityRoutes,
  addTreeRoutes,
  addTreeMachineRoutes,
  addTreeGrantRoutes,
  addAgentRoutes,
  addTaskSubmitRoute,
  addTaskRoutes,
  addTaskOperationRoutes,
  addPolicyRoutes,
  addChangePreviewRoute,
  addTicketRoutes,
  addTicketSubmitRoute,
  addTicketOperationRoutes,
  addNotificationRoutes,
  addWebhookRoutes,
  addScriptRoutes,
  addPlatformRoutes,
  addAuditRoutes,
];
