import type { DeliverActivities } from '#domain/tasks/ports.ts';
import type { CommandDelivery } from './command-delivery.ts';
import type { Settler } from './settler.ts';

/** The activities that must run where the connections are. For speed only: a reconnect sends the same commands. */
export function createDeliverActivities({
  delivery,
  settler,
}: {
  delivery: Pick<CommandDelivery, 'deliverTask'>;
  settler: Pick<Settler, 'settle'>;
}): DeliverActivities {
  return {
    async deliverTask({ taskId }) {
      const sent = await delivery.deliverTask(taskId);
      // What one advance does not hand out is handed out from here.
      settler.settle(taskId);
      return { sent };
    },
  };
}
