import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import * as contract from './webhooks.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import type { Database } from '#db/database.ts';
import { listDeliveries } from '#db/notifications/webhook-deliveries.ts';
import { queueAgain, queueTest } from '#ledger/notifications/send-by-hand.ts';
import { changeWebhook, deleteWebhook, insertWebhook } from '#ledger/notifications/webhooks.ts';
import { findWebhook, listWebhooks, type WebhookSummary } from '#db/notifications/webhooks.ts';
import { Problem } from '#domain/errors.ts';
import { webhookSecretContext } from '#domain/notifications/webhook-message.ts';
import { because } from '#domain/reasons.ts';
import { addressFault } from '#connectors/egress.ts';
import { openSecretBox } from '#platform/secret-box.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Webhooks, their delivery log, and what is sent by hand. A secret is in one answer only: that which made it. */
export function addWebhookRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;
  const secrets = openSecretBox(deps.config);
  const allowPrivate = deps.config.SIGNALBOX_WEBHOOK_ALLOW_PRIVATE;

  register(contract.listWebhooks, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const rows = await listWebhooks(db, { after, limit: limit + 1 });
    return c.json(
      pageFrom(
        rows,
        limit,
        (webhook) => [webhook.name],
        (webhook) => webhook,
      ),
      200,
    );
  });

  register(contract.createWebhook, async (c) => {
    const { name, url, kinds } = c.req.valid('json');
    const fault = addressFault(url, { allowPrivate });
    if (fault !== undefined) throw Problem.field('url', fault);
    const id = uuidv7();
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    const sealed = await secrets.seal(secret, webhookSecretContext(id));
    await transact(db, async (tx) => {
      await insertWebhook(tx, { id, name, url, secret: sealed, kinds, createdBy: callerOf(c).actor.name });
      // The host alone: the rest of an address may itself be what lets one in.
      const details = { id, host: new URL(url).host, kinds };
      auditRequest(tx, c, { action: 'webhook.create', target: name, details });
    });
    return c.json({ ...(await needWebhook(db, id)), secret }, 201);
  });

  register(contract.getWebhook, async (c) => c.json(await needWebhook(db, c.req.valid('param').webhook), 200));

  register(contract.updateWebhook, async (c) => {
    const change = c.req.valid('json');
    const { id, name } = await needWebhook(db, c.req.valid('param').webhook);
    await transact(db, async (tx) => {
      if (!(await changeWebhook(tx, id, change))) throw noSuchWebhook(name);
      auditRequest(tx, c, { action: 'webhook.update', target: name, details: { id, ...change } });
    });
    return c.json(await needWebhook(db, id), 200);
  });

  register(contract.deleteWebhook, async (c) => {
    const { id, name } = await needWebhook(db, c.req.valid('param').webhook);
    await transact(db, async (tx) => {
      if (!(await deleteWebhook(tx, id))) throw noSuchWebhook(name);
      auditRequest(tx, c, { action: 'webhook.delete', target: name, details: { id } });
    });
    return c.json({ deleted: true }, 200);
  });

  register(contract.testWebhook, async (c) => {
    const { id, name } = await needWebhook(db, c.req.valid('param').webhook);
    const queued = await transact(db, async (tx) => {
      const delivery = await queueTest(tx, id, callerOf(c).actor.name);
      auditRequest(tx, c, { action: 'webhook.test', target: name, details: { id, delivery: delivery.id } });
      return delivery;
    });
    return c.json(queued, 202);
  });

  register(contract.listWebhookDeliveries, async (c) => {
    const { limit, cursor, state } = c.req.valid('query');
    const before = readCursor(cursor, [cursorPart.uuid])?.[0];
    const { id: webhookId } = await needWebhook(db, c.req.valid('param').webhook);
    const rows = await listDeliveries(db, { webhookId, state, before, limit: limit + 1 });
    return c.json(
      pageFrom(
        rows,
        limit,
        (delivery) => [delivery.id],
        (delivery) => delivery,
      ),
      200,
    );
  });

  register(contract.redeliverWebhook, async (c) => {
    const { webhook, delivery } = c.req.valid('param');
    const { id, name } = await needWebhook(db, webhook);
    const queued = await transact(db, async (tx) => {
      const again = await queueAgain(tx, id, delivery);
      auditRequest(tx, c, { action: 'webhook.redeliver', target: name, details: { id, delivery } });
      return again;
    });
    return c.json(queued, 202);
  });
}

async function needWebhook(db: Database, idOrName: string): Promise<WebhookSummary> {
  const webhook = await findWebhook(db, idOrName);
  if (webhook === undefined) throw noSuchWebhook(idOrName);
  return webhook;
}

function noSuchWebhook(webhook: string): Problem {
  return new Problem('not-found', because('no-such-webhook', { webhook }));
}
