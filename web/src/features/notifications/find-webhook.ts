import { asProblem } from '#web/lib/api/problem.ts';
import { type Webhook, webhooks } from '#web/nouns/notifications/webhooks-client.ts';

/** A webhook by its name, or null where there is none (any more). */
export async function findWebhook(name: string): Promise<Webhook | null> {
  try {
    return await webhooks.get(name);
  } catch (error) {
    if (asProblem(error).code === 'not-found') return null;
    throw error;
  }
}
