import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { getStatus } from './platform.contract.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { countAgents } from '#db/agents/agents.ts';
import { listGatewayAddresses } from '#ledger/agents/gateways.ts';
import { controlTaskQueue } from '#domain/durables.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';

/** Status of the whole platform. */
export function addPlatformRoutes(register: Register, deps: RouteDeps): void {
  const { config, database, temporal } = deps;
  const { db } = database;

  register(getStatus, async (c) => {
    const [agents, gateways, temporalReasons, processes] = await Promise.all([
      countAgents(db),
      listGatewayAddresses(db),
      temporalFaults(temporal),
      readProcesses(config.SIGNALBOX_DATA),
    ]);
    const reasons = [...temporalReasons, ...(gateways.length === 0 ? ['no gateway is alive'] : [])];
    return c.json(
      {
        ready: reasons.length === 0,
        reasons,
        version: deps.version,
        addresses: {
          web: deps.publicUrl,
          temporalUi: config.SIGNALBOX_TEMPORAL_UI,
          temporal: config.SIGNALBOX_TEMPORAL_ADDRESS,
          gateway: gateways.join(','),
          postgres: withoutPassword(config.SIGNALBOX_DATABASE_URL),
        },
        processes,
        agents,
      },
      200,
    );
  });
}

/** Why no task could run now: no server, or nobody who works for it. */
async function temporalFaults(temporal: TemporalClientHandle): Promise<string[]> {
  if (!(await temporal.healthy())) return ['Temporal does not answer'];
  try {
    const { client } = temporal;
    const queue = await client.withDeadline(Date.now() + 1_000, () =>
      client.connection.workflowService.describeTaskQueue({
        namespace: client.options.namespace,
        taskQueue: { name: controlTaskQueue },
        taskQueueType: 1,
      }),
    );
    return (queue.pollers ?? []).length > 0 ? [] : ['no worker is connected to Temporal'];
  } catch {
    return ['Temporal does not say whether a worker is there'];
  }
}

const processesSchema = z.array(z.looseObject({ role: z.string(), pid: z.int() }));

/** What the supervisor of this machine says it runs; empty where there is none. */
async function readProcesses(dataFolder: string): Promise<{ role: string; pid: number }[]> {
  try {
    const parsed = processesSchema.parse(JSON.parse(await readFile(join(dataFolder, 'run', 'processes.json'), 'utf8')));
    return parsed.map(({ role, pid }) => ({ role, pid }));
  } catch {
    return [];
  }
}

function withoutPassword(url: string): string {
  try {
    const parsed = new URL(url);
    return `${parsed.hostname}:${parsed.port || '5432'}${parsed.pathname}`;
  } catch {
    return '';
  }
}
