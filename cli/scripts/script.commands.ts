import { Option, type Command } from 'commander';
import { scriptLanguages, type ScriptLanguage } from '#domain/scripts/script.ts';
import { createScriptsClient } from './scripts.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes, usageFault } from '../kernel/fault.ts';
import { isForPeople } from '../kernel/output/printer.ts';
import {
  rowLimit,
  wholeNumber,
  withLimit,
  withOutput,
  type LimitOption,
  type OutputOption,
} from '../kernel/options.ts';
import { diffVersions, scriptDiffText, scriptItem, scriptList, versionItem, versionList } from './script-views.ts';
import { readText } from '../kernel/text-file.ts';

const examples = `
Examples:
  signalbox script create rotate-logs --file rotate.sh --description 'logs of all services'
  signalbox script get rotate-logs --content > rotate.sh && \${EDITOR:-vi} rotate.sh
  signalbox script update rotate-logs --file rotate.sh --base-version 1 --note 'keeps a week'
  signalbox script diff rotate-logs --from 1 --to 2
  signalbox task run --node infra.web --library rotate-logs@2`;

/** `signalbox script …` */
export function addScriptCommands(program: Command, context: CliContext): void {
  const script = program
    .command('script')
    .description('The script library: scripts by name, with all their versions')
    .addHelpText('after', examples);
  const client = () => createScriptsClient(context.http());
  const { print } = context;

  withLimit(
    withOutput(
      script
        .command('list')
        .description('List the scripts by name')
        .addOption(new Option('--language <language>').choices(scriptLanguages))
        .option('-q, --search <text>', 'part of a name or description'),
    ),
  ).action(async (options: OutputOption & LimitOption & { language?: ScriptLanguage; search?: string }) => {
    const rows = await client().list({ language: options.language, q: options.search }, rowLimit(options));
    print.list(options.output, rows, scriptList);
  });

  withOutput(
    withFile(script.command('create').description('Put a script into the library').argument('<name>'))
      .addOption(
        new Option('--language <language>', 'without: by the ending of the file, else shell').choices(scriptLanguages),
      )
      .option('--description <text>', 'what it is for'),
  ).action(async (name: string, options: OutputOption & TextOptions & CreateOptions) => {
    const { file, note, description } = options;
    const content = await readText('--file', file ?? '', context.io);
    const language = options.language ?? languageOf(file ?? '');
    const made = await client().create({ name, language, content, description, note });
    print.item(options.output, made, scriptItem);
  });

  withOutput(
    script
      .command('get')
      .description('Show one script, or its text')
      .argument('<script>', 'name or id')
      .option('--content', 'write the text to stdout as it is', false)
      .option('--version <n>', 'of this version; without: the latest', wholeNumber),
  ).action(async (name: string, options: OutputOption & { content: boolean; version?: number }) => {
    const version = options.version === undefined ? undefined : await client().version(name, options.version);
    if (options.content) print.data((version ?? (await client().get(name))).content);
    else if (version !== undefined) print.item(options.output, version, versionItem);
    else print.item(options.output, await client().get(name), scriptItem);
  });

  addUpdateCommand(script, context);

  withLimit(
    withOutput(
      script.command('versions').description('List the versions of a script, newest first').argument('<script>'),
    ),
  ).action(async (name: string, options: OutputOption & LimitOption) =>
    print.list(options.output, await client().versions(name, rowLimit(options)), versionList),
  );

  addDiffCommand(script, context);

  withOutput(
    script
      .command('delete')
      .description('Delete a script with all its versions; tasks keep what they were given')
      .argument('<script>'),
  ).action(async (name: string, options: OutputOption) => {
    const answer = { script: name, ...(await client().delete(name)) };
    print.item(options.output, answer, { fields: () => [['deleted', name]], name: () => name });
  });
}

interface TextOptions {
  readonly file?: string;
  readonly note?: string;
}

interface CreateOptions {
  readonly language?: ScriptLanguage;
  readonly description?: string;
}

interface UpdateOptions extends TextOptions {
  readonly baseVersion?: number;
  readonly name?: string;
  readonly description?: string;
}

/** Adds where the text comes from, and the note of the version that it becomes. */
function withFile(command: Command, options: { needed: boolean } = { needed: true }): Command {
  const about = 'the text; - is standard input';
  (options.needed ? command.requiredOption('--file <file>', about) : command.option('--file <file>', about)).option(
    '--note <text>',
    'why there is this version',
  );
  return command;
}

function addUpdateCommand(script: Command, context: CliContext): void {
  withOutput(
    withFile(
      script
        .command('update')
        .description('Add a version with another text, or change name or description')
        .usage('SCRIPT (--file FILE [--base-version N] [--note TEXT] | [--name NAME] [--description TEXT])')
        .argument('<script>', 'name or id'),
      { needed: false },
    )
      .option('--base-version <n>', 'only if this is the latest still; without: whatever is the latest', wholeNumber)
      .option('--name <name>', 'its new name')
      .option('--description <text>', 'what it is for'),
  ).action(async (reference: string, options: OutputOption & UpdateOptions) => {
    const client = createScriptsClient(context.http());
    const { file, note, baseVersion, name, description } = options;
    const ofText = file !== undefined || note !== undefined || baseVersion !== undefined;
    // Two requests could come to half of what was asked.
    if (ofText && (name !== undefined || description !== undefined))
      throw usageFault('--file', 'a new version, or a new name or description: not both at once');
    if (ofText) {
      if (file === undefined) throw usageFault('--file', 'say what the new version is');
      const content = await readText('--file', file, context.io);
      const base = baseVersion ?? (await client.get(reference)).version;
      const made = await client.addVersion(reference, { baseVersion: base, content, note });
      context.print.item(options.output, made, scriptItem);
      return;
    }
    if (name === undefined && description === undefined)
      throw usageFault('--file', 'say what changes: --file, --name or --description');
    context.print.item(options.output, await client.update(reference, { name, description }), scriptItem);
  });
}

function addDiffCommand(script: Command, context: CliContext): void {
  withOutput(
    script
      .command('diff')
      .description('Show what changes from one version to another')
      .argument('<script>', 'name or id')
      .option('--from <n>', 'without: the one before; 0 is nothing', wholeNumber)
      .option('--to <n>', 'without: the latest', wholeNumber),
  ).action(async (reference: string, options: OutputOption & { from?: number; to?: number }) => {
    const client = createScriptsClient(context.http());
    const { print } = context;
    const { id, name, version: latest } = await client.get(reference);
    const to = options.to ?? latest;
    const from = options.from ?? Math.max(0, to - 1);
    const read = async (version: number) =>
      version === 0 ? { version, content: '' } : await client.version(id, version);
    const diff = diffVersions(name, await read(from), await read(to));
    if (diff === undefined)
      throw new CliFault(exitCodes.failed, `versions ${from} and ${to} are too different to be compared`);
    if (isForPeople(options.output)) print.data(scriptDiffText(diff, print.paint));
    else print.item(options.output, diff, { fields: () => [], name: () => `${from}..${to}` });
  });
}

/** What a file is written in, by its ending. */
function languageOf(file: string): ScriptLanguage {
  const ending = /\.([a-z]+)$/i.exec(file)?.[1]?.toLowerCase();
  return ({ py: 'python', json: 'json', yaml: 'yaml', yml: 'yaml' } as const)[ending ?? ''] ?? 'shell';
}
