import type { DeliverActivities } from '#domain/tasks/ports.ts';
import type { CommandDelivery } from './command-delivery.ts';

/** The activities that must run where the connections are. For speed only: a reconnect sends the same commands. */
export function createDeliverActivities(delivery: Pick<CommandDelivery, 'deliverTask'>): DeliverActivities {
  return {
    deliverTask: async ({ taskId }) => ({ sent: await delivery.deliverTask(taskId) }),
  };
}
