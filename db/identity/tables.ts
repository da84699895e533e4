import type { ColumnType, Generated } from 'kysely';
import type { UserRole } from '#domain/identity/roles.ts';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** better-auth's user, with our columns `role`, `mustChangePassword`, `disabled`. */
export interface UserTable {
  id: string;
  name: string;
  email: string;
  emailVerified: Generated<boolean>;
  image: string | null;
  username: string | null;
  displayUsername: string | null;
  role: Generated<UserRole>;
  mustChangePassword: Generated<boolean>;
  disabled: Generated<boolean>;
  createdAt: TimeDefault;
  updatedAt: TimeDefault;
}

/** better-auth's session. */
export interface SessionTable {
  id: string;
  expiresAt: ColumnType<Date, Date | string, Date | string>;
  token: string;
  createdAt: TimeDefault;
  updatedAt: TimeDefault;
  ipAddress: string | null;
  userAgent: string | null;
  userId: string;
}

/** better-auth's API key; `key` is a hash. */
export interface ApiKeyTable {
  id: string;
  configId: Generated<string>;
  name: string | null;
  start: string | null;
  prefix: string | null;
  key: string;
  referenceId: string;
  enabled: Generated<boolean>;
  expiresAt: MaybeTime;
  createdAt: TimeDefault;
  updatedAt: TimeDefault;
}
