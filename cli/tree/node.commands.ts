import { Option, type Command } from 'commander';
import { nodeRoles, type NodeRole } from '#domain/identity/roles.ts';
import { createTreeClient } from './tree.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes, usageFault } from '../kernel/fault.ts';
import { addNodePolicyCommand } from '../changes/node-policy.commands.ts';
import { grantList, machineList, nodeItem, nodeList } from './node-views.ts';
import { rowLimit, withLimit, withOutput, type LimitOption, type OutputOption } from '../kernel/options.ts';

/** `signalbox node …` */
export function addNodeCommands(program: Command, context: CliContext): void {
  const node = program.command('node').description('The tree: nodes by full name (infra.k8s.prod-01), machines, roles');
  const client = () => createTreeClient(context.http());
  const { print } = context;
  addNodePolicyCommand(node, context);

  withOutput(
    node
      .command('create')
      .description('Create a node and the parents that are missing')
      .argument('<path>')
      .option('--description <text>')
      .option('--leaf', 'a node that machines are bound to and that has no children'),
  ).action(async (path: string, options: OutputOption & { description?: string; leaf?: boolean }) => {
    const created = await client().create(path, {
      ...(options.description === undefined ? {} : { description: options.description }),
      ...(options.leaf === undefined ? {} : { isLeaf: options.leaf }),
    });
    print.item(options.output, created, nodeItem);
  });

  withLimit(
    withOutput(
      node
        .command('list')
        .description('List all nodes, or all below one')
        .argument('[path]')
        .option('--children', 'one level only', false)
        .option('-q, --search <text>', 'part of a name or path'),
    ),
  ).action(
    async (path: string | undefined, options: OutputOption & LimitOption & { children: boolean; search?: string }) => {
      if (options.search !== undefined && path !== undefined)
        throw usageFault('--search', 'searches the whole tree; give no path');
      const limit = { limit: rowLimit(options) };
      const rows =
        options.search !== undefined
          ? client().search(options.search, limit)
          : options.children
            ? client().children(path, limit)
            : client().below(path, limit);
      print.list(options.output, await rows, nodeList);
    },
  );

  withOutput(node.command('get').description('Show one node').argument('<path>')).action(
    async (path: string, options: OutputOption) => print.item(options.output, await client().get(path), nodeItem),
  );

  withOutput(
    node.command('rename').description('Give a node another name').argument('<path>').argument('<name>'),
  ).action(async (path: string, name: string, options: OutputOption) =>
    print.item(options.output, await client().rename(path, name), nodeItem),
  );

  withOutput(
    node
      .command('move')
      .description('Move a node and everything below it under another parent')
      .argument('<path>')
      .argument('[parent]', 'full name of the new parent')
      .option('--root', 'make it a root', false),
  ).action(async (path: string, parent: string | undefined, options: OutputOption & { root: boolean }) => {
    if ((parent === undefined) !== options.root) throw usageFault('[parent]', 'give either a new parent or --root');
    print.item(options.output, await client().move(path, parent ?? null), nodeItem);
  });

  withOutput(
    node
      .command('delete')
      .description('Delete a node')
      .argument('<path>')
      .option('--cascade', 'also what is below it; its machines are unbound, never deleted', false),
  ).action(async (path: string, options: OutputOption & { cascade: boolean }) => {
    print.item(options.output, await client().delete(path, { cascade: options.cascade }), {
      fields: (result) => [
        ['nodes deleted', String(result.deleted)],
        ['machines unbound', String(result.unbound)],
      ],
      name: () => path,
    });
  });

  withLimit(
    withOutput(
      node
        .command('machines')
        .description('List the machines of a node and of everything below it')
        .argument('<path>')
        .option('--direct', 'only those bound to this very node', false)
        .option('-q, --search <text>', 'part of a name or address'),
    ),
  ).action(async (path: string, options: OutputOption & LimitOption & { direct: boolean; search?: string }) => {
    const rows = await client().machines(path, {
      subtree: !options.direct,
      q: options.search,
      limit: rowLimit(options),
    });
    print.list(options.output, rows, machineList);
  });

  withOutput(
    node
      .command('bind')
      .description('Bind machines to a node, by name or address')
      .argument('<path>')
      .argument('<machine...>'),
  ).action(async (path: string, machines: string[], options: OutputOption) => {
    print.item(options.output, await client().bind(path, machines), {
      fields: ({ bound }) => [
        ['bound', `${bound}${bound < machines.length ? ` (${machines.length - bound} were already)` : ''}`],
      ],
      name: () => path,
    });
  });

  withOutput(
    node.command('unbind').description('Unbind machines from a node').argument('<path>').argument('<machine...>'),
  ).action(async (path: string, machines: string[], options: OutputOption) => {
    print.item(options.output, await client().unbind(path, machines), {
      fields: ({ unbound }) => [
        ['unbound', `${unbound}${unbound < machines.length ? ` (${machines.length - unbound} were not bound)` : ''}`],
      ],
      name: () => path,
    });
  });

  withOutput(node.command('grants').description('List who has which role on a node').argument('<path>')).action(
    async (path: string, options: OutputOption) => print.list(options.output, await client().grants(path), grantList),
  );

  withOutput(
    node
      .command('grant')
      .description('Give a user a role on a node and everything below it')
      .argument('<path>')
      .argument('<user>')
      .addOption(new Option('--role <role>').choices(nodeRoles).makeOptionMandatory()),
  ).action(async (path: string, user: string, options: OutputOption & { role: NodeRole }) => {
    print.item(options.output, await client().grant(path, user, options.role), {
      fields: (grant) => [
        ['user', grant.user],
        ['role', grant.role],
        ['node', grant.node],
      ],
      name: (grant) => grant.user,
    });
  });

  withOutput(
    node
      .command('revoke')
      .description('Take the role of a user on a node away')
      .argument('<path>')
      .argument('<user>')
      .addOption(new Option('--role <role>', 'only if it is this one').choices(nodeRoles)),
  ).action(async (path: string, user: string, options: OutputOption & { role?: NodeRole }) => {
    if (options.role !== undefined) {
      const own = (await client().grants(path)).find(
        (grant) => !grant.inherited && [grant.user, grant.userId].includes(user),
      );
      if (own !== undefined && own.role !== options.role) {
        throw new CliFault(
          exitCodes.failed,
          `${user} is ${own.role} on ${path}, not ${options.role}: nothing was changed`,
        );
      }
    }
    await client().revoke(path, user);
    print.item(
      options.output,
      { node: path, user, revoked: true },
      {
        fields: () => [
          ['revoked', user],
          ['node', path],
        ],
        name: () => user,
      },
    );
  });
}
