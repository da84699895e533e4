import { Option, type Command } from 'commander';
import { changeKindNames, type ChangeKindName } from '#domain/names.ts';
import { policyModes, timeoutActions } from '#domain/changes/policy.ts';
import { userRoles } from '#domain/identity/roles.ts';
import { createPoliciesClient } from './policies.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { usageFault } from '../kernel/fault.ts';
import { collect, collectChoices, durationMs, withOutput, type OutputOption } from '../kernel/options.ts';
import { approvalOptions, needValue, readPolicyInput, type PolicyOptions } from './policy-input.ts';
import { policyItem, policyList } from './policy-views.ts';

const help = `
Examples:
  signalbox node policy infra.prod                                            what holds there, and where it is set
  signalbox node policy infra.prod --mode ticket --approver alice --approver bob
  signalbox node policy infra.prod --mode ticket --step owners --step alice,bob,@admin:2 --timeout 1d --on-timeout escalate --escalate-to carol
  signalbox node policy infra.prod --mode forbidden
  signalbox node policy infra.prod --remove                                   it inherits again
  signalbox node policy / --mode ticket --approver-role admin                 the whole tree, unbound machines too

The nearest policy on the way up holds; over all nodes of all hosts of a change the strictest one. Setting one replaces
the one before it. With --mode ticket and nobody named, any owner (ops-owner) of the node may approve.`;

/** `signalbox node policy` */
export function addNodePolicyCommand(node: Command, context: CliContext): void {
  withOutput(
    node
      .command('policy')
      .description('What needs an approval on a node and below: show it, set it, remove it')
      .usage('PATH|/ [--kind KIND] [--mode direct|ticket|forbidden [options] | --remove]')
      .argument('<path>', 'full name of the node; / is the whole tree')
      .addOption(new Option('--kind <kind>', 'kind of change; without: task.run (shown: all)').choices(changeKindNames))
      .addOption(new Option('--mode <mode>', 'set it: at once, with an approval, never').choices(policyModes))
      .option('--approver <user>', 'may approve; may be given again', collect)
      .addOption(
        collectChoices(
          new Option('--approver-role <role>', 'everybody with this role may approve; may be given again'),
          userRoles,
        ),
      )
      .option('--owners', 'the owners of the node may approve')
      .option('--need <n>', 'how many of them: any, all or a number (any)', needValue)
      .option('--step <who>', 'one of many steps, in order, like alice,@admin,owners:all; may be given again', collect)
      .option('--no-four-eyes', 'the requester may approve too')
      .option('--delegate-anyone', 'approvers may hand their part on to anybody, not only to those whom a step means')
      .option('--remind-after <duration>', 'remind those who are waited for, again and again, like 4h', durationMs)
      .option('--timeout <duration>', 'longest time of a step, like 3d', durationMs)
      .addOption(new Option('--on-timeout <action>', 'then: ask others too, refuse, go on').choices(timeoutActions))
      .option('--escalate-to <who>', 'the others: a user, @role or owners; may be given again', collect)
      .option('--remove', 'remove what is set here; it inherits again')
      .addHelpText('after', help),
  ).action(
    async (path: string, options: OutputOption & PolicyOptions & { kind?: ChangeKindName; remove?: boolean }) => {
      const { mode, remove, output } = options;
      const { print } = context;
      const client = () => createPoliciesClient(context.http());
      const kind = options.kind ?? 'task.run';
      if (remove === true) {
        const [stray] = mode === undefined ? approvalOptions(options) : ['--mode'];
        if (stray !== undefined) throw usageFault(stray, 'sets a policy; give it or --remove');
        print.item(output, await client().remove(path, kind), policyItem);
      } else if (mode !== undefined) {
        const input = readPolicyInput(mode, options);
        print.item(output, await client().set(path, kind, input), policyItem);
      } else {
        const [stray] = approvalOptions(options);
        if (stray !== undefined) throw usageFault(stray, 'sets a policy; give --mode ticket with it');
        const policies = await client().list(path);
        const asked = policies.filter((policy) => options.kind === undefined || policy.kind === options.kind);
        print.list(output, asked, policyList);
      }
    },
  );
}
