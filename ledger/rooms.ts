import type { Tx } from '#db/database.ts';
import type { ChangeKinds } from '#domain/changes/change-kind.ts';
import type { DurableName } from '#domain/names.ts';
import { createTaskRunKind } from '#domain/tasks/task-run.kind.ts';
import { createManualStepKind } from '#domain/tickets/manual-step.kind.ts';
import { createPropose } from './changes/propose.ts';
import type { Durable } from './kernel/durable.ts';
import type { SealedColumn } from './kernel/sealed-column.ts';
import { sealedWebhookSecrets } from './notifications/webhooks.ts';
import { sealedSecretVersions } from './secrets/edit-secret.ts';
import { taskRunLedger } from './tasks/task-run.ledger.ts';
import { taskDurable } from './tasks/task.durable.ts';
import { manualStepLedger } from './tickets/manual-step.ledger.ts';
import { openTicket } from './tickets/open-ticket.ts';
import { ticketDurable } from './tickets/ticket.durable.ts';

/** Every kind of change on its room's ledger. Imported by composition roots only; the rooms get it handed in. */
export const kindsOn = (tx: Tx): ChangeKinds => ({
  'task.run': createTaskRunKind(taskRunLedger(tx)),
  'manual.step': createManualStepKind(manualStepLedger(tx)),
});

/** The one door for every change. */
export const propose = createPropose({
  kindsOn,
  openTicket: (tx, ticket) => openTicket(tx, kindsOn(tx), ticket),
});

/** Every column that holds sealed values: a change of the key goes over all of them. */
export const sealedColumns: readonly SealedColumn[] = [sealedSecretVersions, sealedWebhookSecrets];

/** What every noun that a workflow carries declares to the sweeper. */
export const durables = {
  task: taskDurable,
  ticket: ticketDurable,
} satisfies { readonly [Noun in DurableName]: Durable<Noun> };
