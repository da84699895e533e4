import { countByGroup, type TaskCounts } from './host-run.ts';

/** A host as the proposer named it, with what was found under that name. */
export interface SubmittedHost {
  readonly host: string;
  readonly address?: string | undefined;
  readonly machineId?: string | undefined;
  readonly agentId?: string | undefined;
  /** It gets a row of its own that has failed already, is counted, and does not count for the error strategy. */
  readonly fault?: 'noSuchHost' | 'noAgent' | undefined;
}

/** Why a host cannot be handed out; undefined where it can. */
export function hostFault(host: SubmittedHost): 'noSuchHost' | 'noAgent' | undefined {
  if (host.fault !== undefined) return host.fault;
  if (host.machineId === undefined) return 'noSuchHost';
  return host.agentId === undefined ? 'noAgent' : undefined;
}

/** Counts hosts as they are submitted: those that could be handed out wait, the others have failed. */
export function countSubmitted(hosts: readonly SubmittedHost[]): TaskCounts {
  const failed = hosts.filter((host) => hostFault(host) !== undefined).length;
  return countByGroup({ ready: hosts.length - failed, failed });
}
