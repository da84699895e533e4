import type { RouteDeps } from './kernel/deps.ts';
import type { Register } from './kernel/http/register.ts';
import type { Subjects } from './kernel/http/subject.ts';
import type { LiveTopics } from './kernel/live/live-topic.ts';
import { addAgentRoutes } from './agents/agents.routes.ts';
import { agentTopics } from './agents/agents.topics.ts';
import { addAuditRoutes } from './audit/audit.routes.ts';
import { addChangePreviewRoute } from './changes/change-preview.routes.ts';
import { addPolicyRoutes } from './changes/policies.routes.ts';
import { addIdentityRoutes } from './identity/identity.routes.ts';
import { addNotificationRoutes } from './notifications/notifications.routes.ts';
import { notificationTopics } from './notifications/notifications.topics.ts';
import { addWebhookRoutes } from './notifications/webhooks.routes.ts';
import { addPlatformRoutes } from './platform/platform.routes.ts';
import { addScheduleRoutes } from './schedules/schedules.routes.ts';
import { scheduleSubject } from './schedules/schedules.subjects.ts';
import { scheduleTopics } from './schedules/schedules.topics.ts';
import { addScriptRoutes } from './scripts/scripts.routes.ts';
import { scriptTopics } from './scripts/scripts.topics.ts';
import { addSecretRoutes } from './secrets/secrets.routes.ts';
import { secretSubject } from './secrets/secrets.subjects.ts';
import { addTaskOperationRoutes } from './tasks/task-operations.routes.ts';
import { addTaskSubmitRoute } from './tasks/task-submit.routes.ts';
import { addTaskRoutes } from './tasks/tasks.routes.ts';
import { taskSubject } from './tasks/tasks.subjects.ts';
import { taskTopics } from './tasks/tasks.topics.ts';
import { addTicketOperationRoutes } from './tickets/ticket-operations.routes.ts';
import { addTicketSubmitRoute } from './tickets/ticket-submit.routes.ts';
import { addTicketRoutes } from './tickets/tickets.routes.ts';
import { ticketSubject } from './tickets/tickets.subjects.ts';
import { ticketTopics } from './tickets/tickets.topics.ts';
import { addTreeGrantRoutes } from './tree/tree-grants.routes.ts';
import { addTreeMachineRoutes } from './tree/tree-machines.routes.ts';
import { addTreeRoutes } from './tree/tree.routes.ts';
import { treeTopics } from './tree/tree.topics.ts';

// What every room contributes to this floor: the only list of nouns here.

/** The routes of every room. */
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
  addScheduleRoutes,
  addScriptRoutes,
  addSecretRoutes,
  addPlatformRoutes,
  addAuditRoutes,
];

/** What rules of routes are about. */
export const subjects = {
  schedule: scheduleSubject,
  secret: secretSubject,
  task: taskSubject,
  ticket: ticketSubject,
} satisfies Subjects;

/** What live pages listen to, in the order in which the contract names it. */
export const topics = {
  tasks: taskTopics.tasks,
  'task:': taskTopics['task:'],
  tickets: ticketTopics.tickets,
  'ticket:': ticketTopics['ticket:'],
  'inbox:': notificationTopics['inbox:'],
  schedules: scheduleTopics.schedules,
  scripts: scriptTopics.scripts,
  agents: agentTopics.agents,
  tree: treeTopics.tree,
} satisfies LiveTopics;
