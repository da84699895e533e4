import type { AgentTable, CertificateAuthorityTable, GatewayTable, JoinTokenTable } from './agents/agent.table.ts';
import type { MachineTable } from './assets/machine.table.ts';
import type { AuditTable } from './audit/audit.table.ts';
import type { ChangePolicyTable, ChangeTable, ManualStepTable } from './changes/change.table.ts';
import type { EventFloorTable, EventTable } from './events/event.table.ts';
import type { ApiKeyTable, SessionTable, UserTable } from './identity/user.table.ts';
import type { NotificationTable, WebhookDeliveryTable, WebhookTable } from './notifications/notification.table.ts';
import type { ScriptTable, ScriptVersionTable } from './scripts/script.table.ts';
import type {
  HostOutputTable,
  HostRunTable,
  IdempotencyKeyTable,
  TaskNodeTable,
  TaskOperationTable,
  TaskTable,
  TaskTimelineTable,
} from './tasks/task.table.ts';
import type {
  TicketApproverTable,
  TicketDecisionTable,
  TicketNodeTable,
  TicketOperationTable,
  TicketTable,
  TicketTimelineTable,
  TicketWaitingTable,
} from './tickets/ticket.table.ts';
import type { NodeGrantTable, NodeMachineTable, NodeTable } from './tree/node.table.ts';

/** Every table that our own code queries. */
export interface Schema {
  user: UserTable;
  session: SessionTable;
  apikey: ApiKeyTable;
  node: NodeTable;
  node_grant: NodeGrantTable;
  node_machine: NodeMachineTable;
  machine: MachineTable;
  gateway: GatewayTable;
  agent: AgentTable;
  join_token: JoinTokenTable;
  certificate_authority: CertificateAuthorityTable;
  task: TaskTable;
  task_node: TaskNodeTable;
  host_run: HostRunTable;
  host_output: HostOutputTable;
  task_operation: TaskOperationTable;
  task_timeline: TaskTimelineTable;
  idempotency_key: IdempotencyKeyTable;
  change_policy: ChangePolicyTable;
  change: ChangeTable;
  manual_step: ManualStepTable;
  ticket: TicketTable;
  ticket_node: TicketNodeTable;
  ticket_approver: TicketApproverTable;
  ticket_waiting: TicketWaitingTable;
  ticket_operation: TicketOperationTable;
  ticket_decision: TicketDecisionTable;
  ticket_timeline: TicketTimelineTable;
  notification: NotificationTable;
  webhook: WebhookTable;
  webhook_delivery: WebhookDeliveryTable;
  script: ScriptTable;
  script_version: ScriptVersionTable;
  audit: AuditTable;
  event: EventTable;
  event_floor: EventFloorTable;
}
