import { InvalidArgumentError, type Command } from 'commander';
import type { Token } from '#api/identity/identity.contract.ts';
import { createIdentityClient } from './identity.client.ts';
import type { CliContext } from '../kernel/context.ts';
import type { ListView } from '../kernel/output/printer.ts';
import { localTime } from '../kernel/output/text.ts';
import { withOutput, type OutputOption } from '../kernel/options.ts';

interface UserOption {
  readonly user?: string;
}

const tokenList: ListView<Token> = {
  columns: [
    { header: 'ID', value: (token) => token.id },
    { header: 'NAME', value: (token) => token.name },
    { header: 'BEGINS', value: (token) => token.start },
    { header: 'CREATED', value: (token) => localTime(token.createdAt) },
    { header: 'EXPIRES', value: (token) => (token.expiresAt === null ? 'never' : localTime(token.expiresAt)) },
  ],
  name: (token) => token.id,
  empty: 'No tokens.',
};

/** `signalbox token …`: your own API tokens, or with `--user` those of another. */
export function addTokenCommands(program: Command, context: CliContext): void {
  const token = program.command('token').description('API tokens, your own or (as admin) those of a user');
  const client = () => createIdentityClient(context.http());

  withOutput(
    token
      .command('create')
      .description('Create an API token; it is shown this once')
      .option('--name <name>', 'what it is for')
      .option('--expires <days>', 'life, like 30d; without: as the platform decides', days)
      .option('--user <name>', 'for this user'),
  ).action(async (options: OutputOption & UserOption & { name?: string; expires?: number }) => {
    const created = await client().createToken(options.user, {
      ...(options.name === undefined ? {} : { name: options.name }),
      ...(options.expires === undefined ? {} : { expiresInDays: options.expires }),
    });
    context.print.item(options.output, created, {
      fields: (item) => [
        ['id', item.id],
        ['name', item.name ?? '-'],
        ['expires', item.expiresAt === null ? 'never' : localTime(item.expiresAt)],
        ['token', item.token],
      ],
      name: (item) => item.id,
    });
  });

  withOutput(
    token.command('list').description('List API tokens (never their secrets)').option('--user <name>', 'of this user'),
  ).action(async (options: OutputOption & UserOption) => {
    context.print.list(options.output, await client().tokens(options.user), tokenList);
  });

  withOutput(
    token.command('revoke').description('Revoke an API token').argument('<id>').option('--user <name>', 'of this user'),
  ).action(async (id: string, options: OutputOption & UserOption) => {
    await client().revokeToken(options.user, id);
    context.print.item(options.output, { id, revoked: true }, { fields: () => [['revoked', id]], name: () => id });
  });
}

function days(text: string): number {
  const match = /^([1-9]\d{0,3})d?$/.exec(text);
  if (match === null) throw new InvalidArgumentError('It must be a number of days like 30d.');
  return Number(match[1]);
}
