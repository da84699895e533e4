import { sql } from 'kysely';
import type { Database, Tx } from '#db/database.ts';
import { loseForgottenRuns, loseRunsOfReplacedSpools } from '#ledger/tasks/delivery.ts';

/** An agent that has said hello, by the certificate that it proved. */
export interface SessionRequest {
  readonly agentId: string;
  readonly serial: string;
  readonly keySha256: string;
  readonly certificateExpiresAt: Date;
  readonly version: string;
  readonly spoolId: string;
  readonly bootId: string;
  readonly address: string;
  /** Runs that its spool holds. */
  readonly openRunIds: readonly string[];
}

export type SessionRefusal = 'unknown-agent' | 'revoked' | 'wrong-key' | 'certificate-replaced';

export type SessionAnswer =
  | {
      readonly opened: true;
      readonly agentId: string;
      readonly name: string;
      readonly epoch: number;
      /** Number of the next command; all below have been handed out. */
      readonly nextSeq: number;
      readonly factsHash: string | null;
    }
  | { readonly opened: false; readonly agentId: string; readonly reason: SessionRefusal };

interface AgentRow {
  id: string;
  name: string;
  serial: string;
  public_key_sha256: string;
  revoked: boolean;
  certificate_expires_at: Date;
  spool_id: string | null;
  boot_id: string | null;
  /** A session of this agent that is open began less than a minute ago. */
  just_connected: boolean;
  next_seq: string;
  facts_hash: string | null;
}

/**
 * Opens sessions of distinct agents on this gateway: each takes the next epoch, after which older ones write nothing.
 * A certificate that was renewed counts from its first session on, the one before it no longer. `lostTasks`: tasks
 * with runs that the agents can no longer tell of.
 */
export async function openSessions(
  tx: Tx,
  gatewayId: string,
  requests: readonly SessionRequest[],
): Promise<{ answers: SessionAnswer[]; lostTasks: string[] }> {
  const { rows } = await sql<AgentRow>`
    select a.id, a.name, a.serial, a.public_key_sha256, a.revoked_at is not null as revoked, a.certificate_expires_at, a.spool_id, a.boot_id,
      a.disconnected_at is null and a.connected_at > ledger_now() - interval '1 minute' as just_connected, a.next_seq, m.facts_hash
    from agent a join machine m on m.id = a.machine_id
    where a.id = any(${requests.map((request) => request.agentId)}::uuid[])
    order by a.id for no key update of a`.execute(tx);
  const agents = new Map(rows.map((row) => [row.id, row]));
  const good = requests.filter((request) => refusal(agents.get(request.agentId), request) === undefined);
  const column = <T>(value: (request: SessionRequest) => T) => good.map(value);
  const { rows: opened } = await sql<{ id: string; epoch: string }>`
    update agent a set epoch = a.epoch + 1, gateway_id = ${gatewayId}, connected_at = ledger_now(), disconnected_at = null,
      version = i.version, boot_id = i.boot_id, spool_id = i.spool_id, serial = i.serial, certificate_expires_at = i.expires_at
    from unnest(${column((r) => r.agentId)}::uuid[], ${column((r) => r.version)}::text[], ${column((r) => r.bootId)}::text[],
      ${column((r) => r.spoolId)}::text[], ${column((r) => r.serial)}::text[], ${column((r) => r.certificateExpiresAt)}::timestamptz[])
      as i(id, version, boot_id, spool_id, serial, expires_at)
    where a.id = i.id returning a.id, a.epoch`.execute(tx);
  await sql`
    update machine m set address = i.address
    from unnest(${column((r) => r.agentId)}::uuid[], ${column((r) => r.address)}::text[]) as i(agent_id, address)
    join agent a on a.id = i.agent_id
    where m.id = a.machine_id and m.address <> i.address and i.address <> ''`.execute(tx);
  await suspectClones(tx, good, agents);
  const replaced = good.filter((request) => {
    const before = agents.get(request.agentId)?.spool_id ?? null;
    return before !== null && before !== request.spoolId;
  });
  const lostTasks = [...(await loseRunsOfReplacedSpools(tx, replaced)), ...(await loseForgottenRuns(tx, good))];

  const epochs = new Map(opened.map((row) => [row.id, Number(row.epoch)]));
  const answers = requests.map((request): SessionAnswer => {
    const { agentId } = request;
    const agent = agents.get(agentId);
    const epoch = epochs.get(agentId);
    if (agent === undefined || epoch === undefined) {
      return { opened: false, agentId, reason: refusal(agent, request) ?? 'unknown-agent' };
    }
    return {
      opened: true,
      agentId,
      name: agent.name,
      epoch,
      nextSeq: Number(agent.next_seq),
      factsHash: agent.facts_hash,
    };
  });
  return { answers, lostTasks };
}

/** Two hosts with one certificate take the session from each other again and again; a host that reboots does so once. */
async function suspectClones(
  tx: Tx,
  requests: readonly SessionRequest[],
  agents: ReadonlyMap<string, AgentRow>,
): Promise<void> {
  const suspects = requests.filter((request) => {
    const agent = agents.get(request.agentId);
    return agent?.just_connected === true && agent.boot_id !== null && agent.boot_id !== request.bootId;
  });
  if (suspects.length === 0) return;
  await sql`
    update machine m set clone_suspected_at = ledger_now() from agent a
    where a.machine_id = m.id and a.id = any(${suspects.map((request) => request.agentId)}::uuid[])`.execute(tx);
}

function refusal(agent: AgentRow | undefined, request: SessionRequest): SessionRefusal | undefined {
  if (agent === undefined) return 'unknown-agent';
  if (agent.revoked) return 'revoked';
  if (agent.public_key_sha256 !== request.keySha256) return 'wrong-key';
  const older = request.certificateExpiresAt.getTime() < agent.certificate_expires_at.getTime();
  return agent.serial !== request.serial && older ? 'certificate-replaced' : undefined;
}

/** Which session a gateway holds. */
export interface HeldSession {
  readonly agentId: string;
  readonly epoch: number;
  readonly serial: string;
}

/** Marks sessions as ended, unless a later one has taken their place. Returns the agents that are offline now. */
export async function closeSessions(
  tx: Tx,
  gatewayId: string,
  sessions: readonly { agentId: string; epoch: number }[],
): Promise<string[]> {
  return setDisconnected(tx, gatewayId, sessions, true);
}

/** After a gap in which another gateway may have declared them offline: these sessions are still here. */
export async function reassertSessions(
  tx: Tx,
  gatewayId: string,
  sessions: readonly { agentId: string; epoch: number }[],
): Promise<string[]> {
  return setDisconnected(tx, gatewayId, sessions, false);
}

async function setDisconnected(
  tx: Tx,
  gatewayId: string,
  sessions: readonly { agentId: string; epoch: number }[],
  disconnected: boolean,
): Promise<string[]> {
  if (sessions.length === 0) return [];
  const { rows } = await sql<{ id: string }>`
    with mine as (
      select a.id from agent a
      join unnest(${sessions.map((s) => s.agentId)}::uuid[], ${sessions.map((s) => s.epoch)}::bigint[]) as i(id, epoch)
        on i.id = a.id and i.epoch = a.epoch
      where a.gateway_id = ${gatewayId} and a.revoked_at is null and (a.disconnected_at is null) = ${disconnected}
      order by a.id for no key update of a)
    update agent a set disconnected_at = case when ${disconnected} then ledger_now() end from mine where a.id = mine.id returning a.id`.execute(
    tx,
  );
  return rows.map((row) => row.id);
}

/** Of the sessions that a gateway holds, those that the ledger no longer knows as such. */
export async function findInvalidSessions(
  db: Database,
  gatewayId: string,
  sessions: readonly HeldSession[],
): Promise<{ agentId: string; epoch: number; reason: 'revoked' | 'superseded' }[]> {
  if (sessions.length === 0) return [];
  const { rows } = await sql<{ id: string; epoch: string; revoked: boolean }>`
    select i.id, i.epoch, a.id is null or a.revoked_at is not null as revoked
    from unnest(${sessions.map((s) => s.agentId)}::uuid[], ${sessions.map((s) => s.epoch)}::bigint[], ${sessions.map((s) => s.serial)}::text[])
      as i(id, epoch, serial)
    left join agent a on a.id = i.id
    where a.id is null or a.revoked_at is not null or a.epoch <> i.epoch or a.gateway_id is distinct from ${gatewayId}
      or a.serial <> i.serial`.execute(db);
  return rows.map((row) => ({
    agentId: row.id,
    epoch: Number(row.epoch),
    reason: row.revoked ? 'revoked' : 'superseded',
  }));
}

/** Sessions that the ledger thinks are open here though this gateway holds none (an answer of the ledger got lost). */
export async function findStraySessions(
  db: Database,
  gatewayId: string,
  held: readonly string[],
): Promise<{ agentId: string; epoch: number }[]> {
  const { rows } = await sql<{ id: string; epoch: string }>`
    select id, epoch from agent
    where gateway_id = ${gatewayId} and disconnected_at is null and revoked_at is null and connected_at < ledger_now() - interval '10 seconds'
      and not (id = any(${held}::uuid[]))`.execute(db);
  return rows.map((row) => ({ agentId: row.id, epoch: Number(row.epoch) }));
}
