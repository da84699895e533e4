import type { ColumnType, Generated } from 'kysely';

type TimeDefault = ColumnType<Date, Date | string | undefined, Date | string>;
type MaybeTime = ColumnType<Date | null, Date | string | null | undefined, Date | string | null>;

/** A gateway that runs or ran. `up_since` starts anew after every gap in its heartbeat (leases count from there). */
export interface GatewayTable {
  id: string;
  address: string;
  up_since: TimeDefault;
  heartbeat_at: TimeDefault;
}

/** An enrolled agent. The session that counts is (gateway_id, epoch); an older epoch writes nothing. */
export interface AgentTable {
  id: string;
  machine_id: string;
  name: string;
  /** Serial number of the certificate that is valid now, lower-case hexadecimal. */
  serial: string;
  public_key_sha256: string;
  version: Generated<string>;
  enrolled_at: TimeDefault;
  certificate_expires_at: ColumnType<Date, Date | string, Date | string>;
  revoked_at: MaybeTime;
  spool_id: string | null;
  boot_id: string | null;
  gateway_id: string | null;
  epoch: Generated<string>;
  connected_at: MaybeTime;
  /** Null while a session is open. */
  disconnected_at: MaybeTime;
  /** Number of the next command to this agent. */
  next_seq: Generated<string>;
}

/** A join token, without its secret. */
export interface JoinTokenTable {
  id: string;
  secret_sha256: string;
  created_by: string;
  created_at: TimeDefault;
  expires_at: ColumnType<Date, Date | string, Date | string>;
  /** Only an agent of this name may use it. */
  agent_name: string | null;
  /** The machine is bound to this node when it enrols. */
  node_id: string | null;
  used_at: MaybeTime;
  used_key_sha256: string | null;
  agent_id: string | null;
  certificate_pem: string | null;
}

/** CA certificates that gateways sign with (the key is never here). */
export interface CertificateAuthorityTable {
  sha256: string;
  certificate_pem: string;
  created_at: TimeDefault;
}
