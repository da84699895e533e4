import type { ColumnType, Generated } from 'kysely';
import type { NodeRole } from '#domain/identity/roles.ts';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;

/** A node of the service tree; `path` is the ltree of ids from the root to itself (`1.5.9`), never shown to people. */
export interface NodeTable {
  id: Generated<string>;
  parent_id: string | null;
  name: string;
  /** `nameKey` of the name: unique below a parent. */
  name_key: string;
  path: string;
  is_leaf: Generated<boolean>;
  icon: string | null;
  description: Generated<string>;
  created_at: TimeDefault;
}

/** A role on a node and everything below. */
export interface NodeGrantTable {
  node_id: string;
  user_id: string;
  role: NodeRole;
  granted_by: string;
  granted_at: TimeDefault;
}

/** Machines of a node, many to many. */
export interface NodeMachineTable {
  node_id: string;
  machine_id: string;
  bound_by: string;
  bound_at: TimeDefault;
}
