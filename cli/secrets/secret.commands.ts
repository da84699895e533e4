import type { Command } from 'commander';
import type { Secret, SecretVersion } from '#api/secrets/secrets.contract.ts';
import type { CliContext } from '../kernel/context.ts';
import { usageFault } from '../kernel/fault.ts';
import {
  rowLimit,
  wholeNumber,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import { localTime } from '../kernel/output/text.ts';
import { readText } from '../kernel/text-file.ts';
import { rotatedKey, rotateKey } from './rotate-key.ts';
import { createSecretsClient, type SecretsClient } from './secrets.client.ts';

const secretList: ListView<Secret> = {
  columns: [
    { header: 'NAME', value: (secret) => secret.name },
    { header: 'NODE', value: (secret) => secret.node ?? '/' },
    { header: 'LATEST', value: (secret) => secret.latestVersion },
    { header: 'ROTATED', value: (secret) => localTime(secret.rotatedAt) },
    { header: 'BY', value: (secret) => secret.rotatedBy },
    { header: 'DESCRIPTION', value: (secret) => secret.description },
    { header: 'KEPT', value: (secret) => secret.versions, wide: true },
    { header: 'ID', value: (secret) => secret.id, wide: true },
  ],
  name: (secret) => secret.name,
  empty: 'No secrets.',
};

const secretItem: ItemView<Secret> = {
  fields: (secret) => [
    ['name', secret.name],
    ['node', secret.node ?? '/ (the whole platform)'],
    ['latest version', String(secret.latestVersion)],
    ['rotated', `${localTime(secret.rotatedAt)} by ${secret.rotatedBy}`],
  ],
  name: (secret) => secret.name,
};

const versionList: ListView<SecretVersion> = {
  columns: [
    { header: 'VERSION', value: (version) => version.version },
    { header: 'CREATED', value: (version) => localTime(version.createdAt) },
    { header: 'BY', value: (version) => version.createdBy },
    { header: 'DESTROYED', value: (version) => localTime(version.deletedAt) },
  ],
  name: (version) => String(version.version),
  empty: 'No versions.',
};

const examples = `
A value comes from standard input or a file, never from the command line, where others could read it; no command shows it again.
Examples:
  printf %s "$PASSWORD" | signalbox secret set db-password --node shop.web
  signalbox secret rotate db-password --file new-password.txt
  signalbox secret rm db-password --version 1`;

const keyHelp = `
The key file (SIGNALBOX_SECRET_KEY_FILE) has a key on each line: the first one seals, all of them open. To change the key:
put a new one into the last line of the file of every api, worker and gateway; then into the first line of each; then run
this; then take the old line out. No process has to be started again.`;

interface ValueOptions {
  readonly file?: string;
  readonly keepNewline: boolean;
}

/** `signalbox secret …` */
export function addSecretCommands(program: Command, context: CliContext): void {
  const secret = program
    .command('secret')
    .description('Passwords, tokens and keys that tasks may use and nobody sees again')
    .addHelpText('after', examples);
  const client = () => createSecretsClient(context.http());
  const { print } = context;

  withLimit(
    withOutput(
      secret
        .command('list')
        .description('List the secrets by name, without their values')
        .option('-q, --search <text>', 'part of a name or description'),
    ),
  ).action(async (options: OutputOption & LimitOption & { search?: string }) =>
    print.list(options.output, await client().list({ q: options.search }, rowLimit(options)), secretList),
  );

  withOutput(
    withValue(secret.command('set').description('Keep a new secret, as version 1').argument('<name>'))
      .option('--node <path>', 'its owner node; without: the whole platform')
      .option('--description <text>', 'what it is for'),
  ).action(async (name: string, options: OutputOption & ValueOptions & { node?: string; description?: string }) => {
    const { node, description } = options;
    const made = await client().create({ name, node, description, value: await readValue(options, context) });
    print.item(options.output, made, secretItem);
  });

  withOutput(
    withValue(
      secret
        .command('rotate')
        .description('Give a secret another value, as its next version; older ones stay until they are removed')
        .argument('<secret>'),
    ),
  ).action(async (name: string, options: OutputOption & ValueOptions) => {
    const secrets = client();
    const { id } = await need(secrets, name);
    print.item(options.output, await secrets.rotate(id, await readValue(options, context)), secretItem);
  });

  withLimit(
    withOutput(
      secret.command('versions').description('List the versions of a secret, newest first').argument('<secret>'),
    ),
  ).action(async (name: string, options: OutputOption & LimitOption) => {
    const secrets = client();
    const { id } = await need(secrets, name);
    print.list(options.output, await secrets.versions(id, rowLimit(options)), versionList);
  });

  withOutput(
    secret
      .command('rm')
      .description('Destroy a secret, or the value of one older version: what names it cannot run any more')
      .argument('<secret>')
      .option('--version <n>', 'this version only', wholeNumber),
  ).action(async (name: string, options: OutputOption & { version?: number }) => {
    const secrets = client();
    const { id } = await need(secrets, name);
    const { version } = options;
    const done = version === undefined ? await secrets.delete(id) : await secrets.deleteVersion(id, version);
    const what = version === undefined ? name : `${name}@${version}`;
    print.item(
      options.output,
      { secret: name, ...(version === undefined ? {} : { version }), ...done },
      {
        fields: () => [['destroyed', what]],
        name: () => what,
      },
    );
  });

  withOutput(
    secret
      .command('rotate-key')
      .description(
        'Seal everything that is stored with the first key of the key file; a repeat goes on where it was left',
      )
      .addHelpText('after', keyHelp),
  ).action(async (options: OutputOption) => {
    print.item(options.output, await rotateKey(context, client()), rotatedKey);
  });
}

function withValue(command: Command): Command {
  return command
    .option('--file <file>', 'the value; without, or with -: standard input')
    .option('--keep-newline', 'a line break at its end belongs to the value', false);
}

async function readValue({ file = '-', keepNewline }: ValueOptions, context: CliContext): Promise<string> {
  if (file === '-' && context.io.stdin.isTTY === true)
    throw usageFault('--file', 'give the value by a file or a pipe: a terminal would show it');
  const text = await readText('--file', file, context.io);
  return keepNewline ? text : text.replace(/\r?\n$/, '');
}

async function need(secrets: SecretsClient, name: string): Promise<Secret> {
  const found = await secrets.find(name);
  if (found === undefined) throw usageFault('<secret>', `there is no secret '${name}' that you may see`);
  return found;
}
