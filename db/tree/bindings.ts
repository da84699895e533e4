import { type RawBuilder, sql } from 'kysely';
import { agentStateSql } from '#db/agents/agents.ts';
import type { Database } from '#db/database.ts';
import type { TreeScope } from '#db/identity/callers.ts';
import type { AgentState } from '#domain/agents/agent.ts';
import { fullNameSql } from './nodes.ts';

/** A machine as lists show it; `nodes` are full names, as far as the reader may see them. */
export interface BoundMachine {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly identity: string;
  readonly agentId: string | null;
  readonly agentState: AgentState | null;
  readonly nodes: readonly string[];
  readonly createdAt: string;
}

interface MachineFilter {
  readonly scope: TreeScope;
  readonly q?: string | undefined;
  /** The lower-case name that the page before ended with. */
  readonly after?: string | undefined;
  readonly limit: number;
}

async function selectMachines(
  db: Database,
  where: RawBuilder<unknown>,
  filter: MachineFilter,
): Promise<BoundMachine[]> {
  const seen = filter.scope === 'all' ? sql`true` : sql`${[...filter.scope]}::ltree[] @> n.path`;
  const after = filter.after === undefined ? sql`true` : sql`lower(m.name) > ${filter.after}`;
  const like = `%${(filter.q ?? '').replaceAll(/[\\%_]/g, '\\$&')}%`;
  const matches =
    filter.q === undefined || filter.q === '' ? sql`true` : sql`(m.name ilike ${like} or m.address like ${like})`;
  const { rows } = await sql<Omit<BoundMachine, 'createdAt'> & { createdAt: Date }>`
    select m.id, m.name, m.address, m.identity, m.created_at as "createdAt", a.id as "agentId",
      case when a.id is not null then ${agentStateSql} end as "agentState",
      array(select ${fullNameSql('n')} from node_machine b join node n on n.id = b.node_id
            where b.machine_id = m.id and ${seen} order by n.path) as nodes
    from (select m.* from machine m where ${where} and ${after} and ${matches} order by lower(m.name) limit ${filter.limit}) m
    left join agent a on a.machine_id = m.id and a.revoked_at is null
    left join gateway g on g.id = a.gateway_id
    order by lower(m.name)`.execute(db);
  return rows.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
}

/** All machines by name. */
export function listAllMachines(db: Database, filter: MachineFilter): Promise<BoundMachine[]> {
  return selectMachines(db, sql`true`, filter);
}

/** Machines of a node, or of it and everything below, by name. */
export function listMachinesOfNode(
  db: Database,
  node: { idPath: string; subtree: boolean },
  filter: MachineFilter,
): Promise<BoundMachine[]> {
  return selectMachines(db, boundTo(node), filter);
}

function boundTo(node: { idPath: string; subtree: boolean }): RawBuilder<unknown> {
  const under = node.subtree ? sql`n.path <@ ${node.idPath}::ltree` : sql`n.path = ${node.idPath}::ltree`;
  return sql`exists (select 1 from node_machine b join node n on n.id = b.node_id where b.machine_id = m.id and ${under})`;
}

/** Where a machine hangs. */
export interface MachineNode {
  readonly machineId: string;
  readonly nodeId: string;
  readonly idPath: string;
}

/** All bindings of these machines. */
export async function listBindings(db: Database, machineIds: readonly string[]): Promise<MachineNode[]> {
  if (machineIds.length === 0) return [];
  const { rows } = await sql<MachineNode>`
    select b.machine_id as "machineId", n.id as "nodeId", ltree2text(n.path) as "idPath"
    from node_machine b join node n on n.id = b.node_id
    where b.machine_id = any (${[...machineIds]}::uuid[]) order by n.path`.execute(db);
  return rows;
}

/** Full names of the nodes that a machine is bound to. */
export async function nodesOfMachine(db: Database, machineId: string): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select ${fullNameSql('n')} as name from node_machine b join node n on n.id = b.node_id
    where b.machine_id = ${machineId}::uuid order by 1`.execute(db);
  return rows.map(({ name }) => name);
}

/** A host that a task may go to. */
export interface TaskMachine {
  readonly id: string;
  readonly name: string;
  readonly address: string;
  readonly agentId: string | null;
}

/** Machines of a subtree by name, with the agent that is enrolled on each. */
export async function listTaskMachines(db: Database, idPath: string, limit: number): Promise<TaskMachine[]> {
  const { rows } = await sql<TaskMachine>`
    select m.id, m.name, m.address, a.id as "agentId" from machine m
    left join agent a on a.machine_id = m.id and a.revoked_at is null
    where ${boundTo({ idPath, subtree: true })} order by lower(m.name), m.id limit ${limit}`.execute(db);
  return rows;
}
