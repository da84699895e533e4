import type { AgentTable, CertificateAuthorityTable, GatewayTable, JoinTokenTable } from '#db/agents/tables.ts';
import type { MachineTable } from '#db/assets/tables.ts';
import type { AuditTable } from '#db/audit/tables.ts';
import type { ChangePolicyTable, ChangeTable, ChangeVersionTable, ManualStepTable } from '#db/changes/tables.ts';
import type { EventFloorTable, EventTable } from '#db/events/tables.ts';
import type { ApiKeyTable, SessionTable, UserTable } from '#db/identity/tables.ts';
import type { AnnouncementTable, DeliveryTable, NotificationTable, WebhookTable } from '#db/notifications/tables.ts';
import type { OperationTable } from '#db/operations/tables.ts';
import type { FiringTable, ScheduleTable } from '#db/schedules/tables.ts';
import type { ScriptTable, ScriptVersionTable } from '#db/scripts/tables.ts';
import type { SecretTable, SecretVersionTable } from '#db/secrets/tables.ts';
import type {
  HostOutputTable,
  HostRunTable,
  IdempotencyKeyTable,
  TaskCountTable,
  TaskNodeTable,
  TaskTable,
  TaskTargetTable,
  TaskTimelineTable,
  TaskWindowTable,
} from '#db/tasks/tables.ts';
import type {
  TicketApproverTable,
  TicketDecisionTable,
  TicketNodeTable,
  TicketTable,
  TicketTimelineTable,
  TicketWaitingTable,
} from '#db/tickets/tables.ts';
import type { NodeGrantTable, NodeMachineTable, NodeTable } from '#db/tree/tables.ts';

/** Every table that our own code queries. */
export interface Schema {
  user: UserTable;
  session: SessionTable;
  apikey: ApiKeyTable;
  node: NodeTable;
  schedule: ScheduleTable;
  firing: FiringTable;
  secret: SecretTable;
  secret_version: SecretVersionTable;
  node_grant: NodeGrantTable;
  node_machine: NodeMachineTable;
  machine: MachineTable;
  gateway: GatewayTable;
  agent: AgentTable;
  join_token: JoinTokenTable;
  certificate_authority: CertificateAuthorityTable;
  task: TaskTable;
  task_count: TaskCountTable;
  task_node: TaskNodeTable;
  task_target: TaskTargetTable;
  host_run: HostRunTable;
  host_output: HostOutputTable;
  task_timeline: TaskTimelineTable;
  task_window: TaskWindowTable;
  idempotency_key: IdempotencyKeyTable;
  change_policy: ChangePolicyTable;
  change: ChangeTable;
  change_version: ChangeVersionTable;
  manual_step: ManualStepTable;
  ticket: TicketTable;
  ticket_node: TicketNodeTable;
  ticket_approver: TicketApproverTable;
  ticket_waiting: TicketWaitingTable;
  ticket_decision: TicketDecisionTable;
  ticket_timeline: TicketTimelineTable;
  announcement: AnnouncementTable;
  operation: OperationTable;
  notification: NotificationTable;
  delivery: DeliveryTable;
  webhook: WebhookTable;
  script: ScriptTable;
  script_version: ScriptVersionTable;
  audit: AuditTable;
  event: EventTable;
  event_floor: EventFloorTable;
}
