import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import * as contract from '#api/contract/platform.ts';
import { cursorPart, pageFrom, readCursor } from '#api/http/cursor.ts';
import type { Register } from '#api/http/register.ts';
import { countAgents } from '#db/agents/agents.ts';
import { listGatewayAddresses } from '#ledger/agents/gateways.ts';
import { listAudit, verifyAudit } from '#db/audit/audit-rows.ts';
import { controlTaskQueue } from '#domain/tasks/ports.ts';
import type { TemporalClientHandle } from '#platform/temporal.ts';
import type { RouteDeps } from './deps.ts';

/** Status of the whole platform, and the audit. */
export function addPlatformRoutes(register: Register, deps: RouteDeps): void {
  const { config, database, temporal } = deps;
  const { db } = database;

  register(contract.getStatus, async (c) => {
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

  register(contract.listAudit, async (c) => {
    const { limit, cursor, ...filter } = c.req.valid('query');
    const beforeId = readCursor(cursor, [cursorPart.number])?.[0];
    const rows = await listAudit(db, { ...filter, beforeId }, limit + 1);
    return c.json(
      pageFrom(
        rows,
        limit,
        (row) => [row.id],
        (row) => row,
      ),
      200,
    );
  });

  register(contract.verifyAudit, async (c) => {
    const { rows, brokenAt, head } = await verifyAudit(db);
    return c.json({ rows, intact: brokenAt === undefined, brokenAt: brokenAt ?? null, head }, 200);
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
