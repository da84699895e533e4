import { Client, Connection } from '@temporalio/client';

/** A client whose server may be away: it connects at first use, and again by itself. */
export interface TemporalClientHandle {
  readonly client: Client;
  /** Whether the server answers within a second. */
  healthy(): Promise<boolean>;
  close(): Promise<void>;
}

export function openTemporalClient(options: { address: string; namespace: string }): TemporalClientHandle {
  const connection = Connection.lazy({ address: options.address });
  const client = new Client({ connection, namespace: options.namespace });
  return {
    client,
    async healthy() {
      try {
        await connection.withDeadline(Date.now() + 1_000, () => connection.workflowService.getSystemInfo({}));
        return true;
      } catch {
        return false;
      }
    },
    close: () => connection.close(),
  };
}
