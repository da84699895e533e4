import { sql } from 'kysely';
import type { Database } from '#db/database.ts';
import type { AgentState } from '#domain/agents/agent.ts';

/** Whether a gateway's last heartbeat is recent enough for its sessions to count (alias `g`). */
const gatewayIsAlive = sql<boolean>`coalesce(g.heartbeat_at > ledger_now() - interval '10 seconds', false)`;

/** State of an agent (alias `a`, its gateway left-joined as `g`) as people see it. */
export const agentStateSql = sql<AgentState>`case
  when a.revoked_at is not null then 'revoked'
  when a.connected_at is not null and a.disconnected_at is null and ${gatewayIsAlive} then 'online'
  else 'offline' end`;

/** An agent as people list it. Times are ISO 8601 in UTC. */
export interface AgentSummary {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly state: AgentState;
  readonly version: string;
  /** Of the machine's identity file. */
  readonly identity: string;
  readonly machineId: string;
  readonly gatewayId: string | null;
  readonly enrolledAt: string;
  readonly certificateExpiresAt: string;
  readonly connectedAt: string | null;
  readonly disconnectedAt: string | null;
  readonly revokedAt: string | null;
  readonly cloneSuspectedAt: string | null;
}

/** Position of a list page: the last agent of the page before. */
export interface AgentCursor {
  readonly name: string;
  readonly id: string;
}

function selectAgents(db: Database) {
  return db
    .selectFrom('agent as a')
    .innerJoin('machine as m', 'm.id', 'a.machine_id')
    .leftJoin('gateway as g', 'g.id', 'a.gateway_id')
    .select([
      'a.id',
      'a.name',
      'm.address',
      agentStateSql.as('state'),
      'a.version',
      'm.identity',
      'a.machine_id as machineId',
    ])
    .select([
      'a.gateway_id as gatewayId',
      'a.enrolled_at',
      'a.certificate_expires_at',
      'a.connected_at',
      'a.disconnected_at',
    ])
    .select(['a.revoked_at', 'm.clone_suspected_at']);
}

type Selected = Awaited<ReturnType<ReturnType<typeof selectAgents>['execute']>>[number];

function toSummary(row: Selected): AgentSummary {
  const {
    enrolled_at,
    certificate_expires_at,
    connected_at,
    disconnected_at,
    revoked_at,
    clone_suspected_at,
    ...same
  } = row;
  return {
    ...same,
    enrolledAt: enrolled_at.toISOString(),
    certificateExpiresAt: certificate_expires_at.toISOString(),
    connectedAt: connected_at?.toISOString() ?? null,
    disconnectedAt: disconnected_at?.toISOString() ?? null,
    revokedAt: revoked_at?.toISOString() ?? null,
    cloneSuspectedAt: clone_suspected_at?.toISOString() ?? null,
  };
}

/**
 * Agents by name (then id; names of revoked agents may repeat), `limit` after the cursor; `state` filters (revoked ones
 * come only where asked for), `q` is a part of the name or the beginning of the address.
 */
export async function listAgents(
  db: Database,
  options: { after?: AgentCursor | undefined; limit: number; state?: AgentState | undefined; q?: string | undefined },
): Promise<AgentSummary[]> {
  let query = selectAgents(db)
    .orderBy(sql`lower(a.name)`)
    .orderBy('a.id')
    .limit(options.limit);
  if (options.after !== undefined) {
    const { name, id } = options.after;
    query = query.where(sql<boolean>`(lower(a.name), a.id) > (lower(${name}), ${id}::uuid)`);
  }
  if (options.state === undefined) query = query.where('a.revoked_at', 'is', null);
  else query = query.where(sql<boolean>`(${agentStateSql}) = ${options.state}`);
  if (options.q !== undefined && options.q !== '') {
    const part = options.q.replaceAll(/[\\%_]/g, '\\$&');
    query = query.where((eb) => eb.or([eb('a.name', 'ilike', `%${part}%`), eb('m.address', 'like', `${part}%`)]));
  }
  return (await query.execute()).map(toSummary);
}

export async function getAgent(db: Database, id: string): Promise<AgentSummary | undefined> {
  const row = await selectAgents(db).where('a.id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : toSummary(row);
}

/** The agent of this name that is not revoked (names differ in more than case). */
export async function findAgentByName(db: Database, name: string): Promise<AgentSummary | undefined> {
  const row = await selectAgents(db)
    .where(sql<boolean>`lower(a.name) = lower(${name})`)
    .where('a.revoked_at', 'is', null)
    .executeTakeFirst();
  return row === undefined ? undefined : toSummary(row);
}

/** Agents that are not revoked, and how many of them are connected. */
export async function countAgents(db: Database): Promise<{ online: number; total: number }> {
  const row = await db
    .selectFrom('agent as a')
    .leftJoin('gateway as g', 'g.id', 'a.gateway_id')
    .where('a.revoked_at', 'is', null)
    .select([
      sql<string>`count(*) filter (where (${agentStateSql}) = 'online')`.as('online'),
      sql<string>`count(*)`.as('total'),
    ])
    .executeTakeFirstOrThrow();
  return { online: Number(row.online), total: Number(row.total) };
}
