import { userRoles, type UserRole } from '#domain/identity/roles.ts';
import { InvalidArgumentError } from 'commander';
import type { PolicyInput } from '#api/changes/policies.contract.ts';
import type { Need, PolicyMode, TimeoutAction } from '#domain/changes/policy.ts';
import { usageFault } from '../kernel/fault.ts';

type Steps = NonNullable<PolicyInput['steps']>;
type ApproverInput = Steps[number]['approvers'][number];

/** Options of `node policy` that say what the policy is to be. */
export interface PolicyOptions {
  readonly mode?: PolicyMode;
  readonly approver?: readonly string[];
  readonly approverRole?: readonly UserRole[];
  readonly owners?: boolean;
  readonly need?: Need;
  readonly step?: readonly string[];
  /** False where `--no-four-eyes` was given. */
  readonly fourEyes: boolean;
  /** Approvers may hand their part on to anybody. */
  readonly delegateAnyone?: boolean;
  readonly remindAfter?: number;
  readonly timeout?: number;
  readonly onTimeout?: TimeoutAction;
  readonly escalateTo?: readonly string[];
}

/** Value of `--need`. */
export function needValue(text: string): Need {
  if (text === 'any' || text === 'all') return text;
  if (!/^[1-9]\d?$/.test(text)) throw new InvalidArgumentError("It must be 'any', 'all' or a number.");
  return Number(text);
}

/** Options of an approval that were given, by their names as typed. */
export function approvalOptions(options: PolicyOptions): string[] {
  const given: Record<string, unknown> = {
    '--approver': options.approver,
    '--approver-role': options.approverRole,
    '--owners': options.owners,
    '--need': options.need,
    '--step': options.step,
    '--no-four-eyes': options.fourEyes ? undefined : true,
    '--delegate-anyone': options.delegateAnyone,
    '--remind-after': options.remindAfter,
    '--timeout': options.timeout,
    '--on-timeout': options.onTimeout,
    '--escalate-to': options.escalateTo,
  };
  return Object.keys(given).filter((name) => given[name] !== undefined);
}

/** The policy as the API takes it. What is not given is left for the API to decide. */
export function readPolicyInput(mode: PolicyMode, options: PolicyOptions): PolicyInput {
  const [stray] = approvalOptions(options);
  if (mode !== 'ticket') {
    if (stray !== undefined) throw usageFault(stray, 'goes with --mode ticket');
    return { mode };
  }
  const steps = readSteps(options);
  return {
    mode,
    ...(steps === undefined ? {} : { steps }),
    fourEyes: options.fourEyes,
    ...(options.delegateAnyone === true ? { delegates: 'anyone' as const } : {}),
    ...(options.remindAfter === undefined ? {} : { remindAfterMs: options.remindAfter }),
    ...(options.timeout === undefined ? {} : { timeoutMs: options.timeout }),
    ...(options.onTimeout === undefined ? {} : { onTimeout: options.onTimeout }),
    ...(options.escalateTo === undefined
      ? {}
      : { escalateTo: options.escalateTo.flatMap((words) => readApprovers('--escalate-to', words)) }),
  };
}

/** One step of `--approver` and its like, or many of `--step`. Nobody named: the owners, as the API has it. */
function readSteps(options: PolicyOptions): Steps | undefined {
  const approvers: ApproverInput[] = [
    ...(options.approver ?? []).map((user) => ({ type: 'user', user }) as const),
    ...(options.approverRole ?? []).map((role) => ({ type: 'role', role }) as const),
    ...(options.owners === true ? [{ type: 'owners' } as const] : []),
  ];
  if (options.step !== undefined) {
    if (approvers.length > 0 || options.need !== undefined)
      throw usageFault('--step', 'says who and how many by itself; give no --approver, --owners or --need with it');
    return options.step.map(readStep);
  }
  if (approvers.length === 0 && options.need === undefined) return undefined;
  return [
    {
      approvers: approvers.length === 0 ? [{ type: 'owners' }] : approvers,
      ...(options.need === undefined ? {} : { need: options.need }),
    },
  ];
}

/** `alice,@admin,owners:all` */
function readStep(text: string): Steps[number] {
  const match = /^([^:]*)(?::(any|all|[1-9]\d?))?$/.exec(text);
  if (match === null) throw usageFault('--step', `'${text}' is not like alice,@admin,owners:any (or :all, or :2)`);
  const need = match[2];
  return {
    approvers: readApprovers('--step', match[1] ?? ''),
    ...(need === undefined ? {} : { need: needValue(need) }),
  };
}

/** A user's name, `@role`, or `owners`; joined by commas. */
function readApprovers(option: string, words: string): ApproverInput[] {
  const names = words.split(',').flatMap((word) => word.trim() || []);
  if (names.length === 0) throw usageFault(option, 'names nobody');
  return names.map((name) => {
    if (name === 'owners') return { type: 'owners' };
    if (!name.startsWith('@')) return { type: 'user', user: name };
    const role = userRoles.find((known) => known === name.slice(1));
    if (role === undefined) throw usageFault(option, `there is no role ${name}; roles are @${userRoles.join(', @')}`);
    return { type: 'role', role };
  });
}
