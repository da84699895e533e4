import { audit } from '#ledger/audit/audit.ts';
import type { Database, Tx } from '#db/database.ts';
import { nameTaken } from '#domain/errors.ts';
import { webhookSecretContext } from '#domain/notifications/webhook-message.ts';
import { because } from '#domain/reasons.ts';
import type { SealedColumn } from '#ledger/kernel/sealed-column.ts';
import { giveUpPending } from './delivery-queue.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Where what webhooks sign with lies. */
export const sealedWebhookSecrets: SealedColumn = {
  of: 'webhook',
  table: 'webhook',
  column: 'secret',
  key: ['id'],
  contextOf: ([id = '']) => webhookSecretContext(id),
};

/** A new webhook, enabled. `secret` is sealed. A name that is taken: Problem `conflict`. */
export async function insertWebhook(
  tx: Tx,
  webhook: { id: string; name: string; url: string; secret: string; kinds: readonly string[]; createdBy: string },
): Promise<void> {
  const { id, name, url, secret, kinds, createdBy } = webhook;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('webhook')
    .values({ id, name, url, secret, kinds: [...kinds], created_by: createdBy })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst();
  if (numInsertedOrUpdatedRows === 0n) {
    throw nameTaken('name', name);
  }
}

/** Changes what is given. Disabling gives up what waits to be sent. False: there is no such webhook any more. */
export async function changeWebhook(
  tx: Tx,
  id: string,
  change: { enabled?: boolean | undefined; kinds?: readonly string[] | undefined },
): Promise<boolean> {
  const { enabled, kinds } = change;
  const { numUpdatedRows } = await tx
    .updateTable('webhook')
    .set({ ...(enabled === undefined ? {} : { enabled }), ...(kinds === undefined ? {} : { kinds: [...kinds] }) })
    .where('id', '=', id)
    .executeTakeFirst();
  if (enabled === false) await giveUpPending(tx, addressOf(id), 'The webhook was disabled');
  return numUpdatedRows > 0n;
}

/** Removes a webhook with its delivery log. False: there is no such webhook any more. */
export async function deleteWebhook(tx: Tx, id: string): Promise<boolean> {
  await tx.deleteFrom('delivery').where('channel', '=', 'webhook').where('recipient', '=', id).execute();
  const { numDeletedRows } = await tx.deleteFrom('webhook').where('id', '=', id).executeTakeFirst();
  return numDeletedRows > 0n;
}

/** Disables a webhook whose receiver wants no more, with an audit row; does nothing where it is disabled already. */
export async function disableUnwanted(db: Database, id: string): Promise<void> {
  await transact(db, async (tx) => {
    const disabled = await tx
      .updateTable('webhook')
      .set({ enabled: false })
      .where('id', '=', id)
      .where('enabled', '=', true)
      .returning('name')
      .executeTakeFirst();
    await giveUpPending(tx, addressOf(id), 'The receiver answered 410: the webhook is disabled');
    if (disabled === undefined) return;
    audit(tx, {
      actor: { id: null, name: 'system' },
      action: 'webhook.update',
      target: disabled.name,
      details: { id, enabled: false, reason: because('receiver-gone') },
    });
  });
}

function addressOf(webhookId: string) {
  return { channel: 'webhook', recipient: webhookId };
}
