import { Option, type Command } from 'commander';
import type { User } from '#api/identity/identity.contract.ts';
import { userRoles, type UserRole } from '#domain/identity/roles.ts';
import { createIdentityClient } from './identity.client.ts';
import type { CliContext } from '../kernel/context.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { localTime } from '../kernel/output/text.ts';
import { rowLimit, withLimit, withOutput, type LimitOption, type OutputOption } from '../kernel/options.ts';

const userList: ListView<User> = {
  columns: [
    { header: 'NAME', value: (user) => user.name },
    { header: 'ROLE', value: (user) => user.role },
    {
      header: 'STATE',
      value: (user) => (user.disabled ? 'disabled' : 'active'),
      tone: (user) => (user.disabled ? 'bad' : 'plain'),
    },
    { header: 'CREATED', value: (user) => localTime(user.createdAt) },
    { header: 'ID', value: (user) => user.id, wide: true },
  ],
  name: (user) => user.name,
  empty: 'No users.',
};

const userItem: ItemView<User> = {
  fields: (user) => [
    ['name', user.name],
    ['role', user.role],
    ['state', user.disabled ? 'disabled' : 'active'],
    ['created', localTime(user.createdAt)],
    ['id', user.id],
  ],
  name: (user) => user.name,
};

/** `signalbox user …` */
export function addUserCommands(program: Command, context: CliContext): void {
  const user = program.command('user').description('Users and their roles for the whole tree');
  const client = () => createIdentityClient(context.http());

  withOutput(
    user
      .command('create')
      .description('Create a user with an API token, which is shown this once')
      .argument('<name>')
      .addOption(new Option('--role <role>', 'role for the whole tree').choices(userRoles).makeOptionMandatory())
      .option('--with-password', 'also make a one-time password for the web', false),
  ).action(async (name: string, options: OutputOption & { role: UserRole; withPassword: boolean }) => {
    const created = await client().createUser({ name, role: options.role, withPassword: options.withPassword });
    context.print.item(options.output, created, {
      fields: (item) => [
        ['name', item.name],
        ['role', item.role],
        ['id', item.id],
        ['token', item.token],
        ...(item.password === undefined ? [] : [['password', item.password] as const]),
      ],
      name: (item) => item.name,
    });
  });

  withLimit(
    withOutput(user.command('list').description('List users').option('-q, --search <text>', 'part of a name')),
  ).action(async (options: OutputOption & LimitOption & { search?: string }) => {
    context.print.list(options.output, await client().users({ q: options.search, limit: rowLimit(options) }), userList);
  });

  withOutput(
    user
      .command('set-role')
      .description('Change the role of a user')
      .argument('<name>')
      .argument('<role>', userRoles.join(', ')),
  ).action(async (name: string, role: UserRole, options: OutputOption) => {
    context.print.item(options.output, await client().updateUser(name, { role }), userItem);
  });

  for (const [verb, disabled, description] of [
    ['disable', true, 'Shut a user out: sessions and tokens stop working'],
    ['enable', false, 'Let a disabled user in again'],
  ] as const) {
    withOutput(user.command(verb).description(description).argument('<name>')).action(
      async (name: string, options: OutputOption) => {
        context.print.item(options.output, await client().updateUser(name, { disabled }), userItem);
      },
    );
  }
}
