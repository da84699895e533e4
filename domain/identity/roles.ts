/** Roles for the whole tree. */
export const userRoles = ['admin', 'ops', 'viewer', 'none'] as const;
export type UserRole = (typeof userRoles)[number];

/** Roles on one node and everything below it. */
export const nodeRoles = ['ops-owner', 'dev-owner', 'viewer'] as const;
export type NodeRole = (typeof nodeRoles)[number];
