import { sql } from 'kysely';
import type { Tx } from '#db/database.ts';
import type { AgentState } from '#domain/agents/agent.ts';
import { agentStateSql } from '#db/agents/agents.ts';

/** A machine that an agent asks to serve, locked, and the agent that serves it so far. */
export interface LockedMachine {
  readonly id: string;
  readonly name: string;
  readonly agentId: string | null;
  readonly agentName: string | null;
  readonly agentState: AgentState | null;
}

/** Locks the machine of an identity file; undefined where it is not on record. */
export async function lockMachineByIdentity(tx: Tx, identity: string): Promise<LockedMachine | undefined> {
  return tx
    .selectFrom('machine as m')
    .leftJoin('agent as a', (join) => join.onRef('a.machine_id', '=', 'm.id').on('a.revoked_at', 'is', null))
    .leftJoin('gateway as g', 'g.id', 'a.gateway_id')
    .select(['m.id', 'm.name', 'a.id as agentId', 'a.name as agentName'])
    .select(sql<AgentState | null>`case when a.id is not null then ${agentStateSql} end`.as('agentState'))
    .where('m.identity', '=', identity)
    .forUpdate('m')
    .executeTakeFirst();
}

/** Whether an agent that is not revoked, or a machine with another identity, has this name. */
export async function nameTakenBy(tx: Tx, name: string, identity: string): Promise<'agent' | 'machine' | undefined> {
  const machine = await tx
    .selectFrom('machine')
    .select('id')
    .where(sql<boolean>`lower(name) = lower(${name})`)
    .where('identity', '<>', identity)
    .executeTakeFirst();
  const agent = await tx
    .selectFrom('agent as a')
    .innerJoin('machine as m', 'm.id', 'a.machine_id')
    .select('a.id')
    .where(sql<boolean>`lower(a.name) = lower(${name})`)
    .where('a.revoked_at', 'is', null)
    .where('m.identity', '<>', identity)
    .executeTakeFirst();
  if (agent !== undefined) return 'agent';
  return machine === undefined ? undefined : 'machine';
}

/** Enters a machine under the name of its agent (or renames the one that has this identity). */
export async function putMachine(
  tx: Tx,
  machine: { id: string; name: string; identity: string },
): Promise<{ id: string }> {
  return tx
    .insertInto('machine')
    .values(machine)
    .onConflict((conflict) => conflict.column('identity').doUpdateSet({ name: machine.name }))
    .returning('id')
    .executeTakeFirstOrThrow();
}

export async function insertAgent(
  tx: Tx,
  agent: {
    id: string;
    machineId: string;
    name: string;
    serial: string;
    keySha256: string;
    version: string;
    certificateExpiresAt: Date;
  },
): Promise<void> {
  await tx
    .insertInto('agent')
    .values({
      id: agent.id,
      machine_id: agent.machineId,
      name: agent.name,
      serial: agent.serial,
      public_key_sha256: agent.keySha256,
      version: agent.version,
      certificate_expires_at: agent.certificateExpiresAt,
    })
    .execute();
}

/** Binds the machine to the node that its join token names. */
export async function bindEnrolledMachine(
  tx: Tx,
  binding: { nodeId: string; machineId: string; boundBy: string },
): Promise<void> {
  await tx
    .insertInto('node_machine')
    .values({ node_id: binding.nodeId, machine_id: binding.machineId, bound_by: binding.boundBy })
    .onConflict((conflict) => conflict.columns(['node_id', 'machine_id']).doNothing())
    .execute();
}

/** Marks a machine whose identity a second agent claimed while the first was connected. */
export async function markCloneSuspected(tx: Tx, machineId: string): Promise<void> {
  await tx
    .updateTable('machine')
    .set({ clone_suspected_at: sql`ledger_now()` })
    .where('id', '=', machineId)
    .execute();
}

/** An agent as a renewal needs it. */
export async function findAgentForRenewal(
  tx: Tx,
  agentId: string,
): Promise<{ name: string; keySha256: string; revoked: boolean } | undefined> {
  return tx
    .selectFrom('agent')
    .select(['name', 'public_key_sha256 as keySha256', sql<boolean>`revoked_at is not null`.as('revoked')])
    .where('id', '=', agentId)
    .executeTakeFirst();
}
