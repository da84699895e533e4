import { Option, type Command } from 'commander';
import type { Agent } from '#api/agents/agents.contract.ts';
import { agentStates, type AgentState } from '#domain/agents/agent.ts';
import { formatBytes } from '#domain/format-bytes.ts';
import { createAgentsClient } from './agents.client.ts';
import type { CliContext } from '../kernel/context.ts';
import type { ItemView, ListView } from '../kernel/output/printer.ts';
import type { Tones } from '../kernel/output/paint.ts';
import { localTime } from '../kernel/output/text.ts';
import { addAgentRunCommand } from './agent-run.ts';
import { machineList } from '../tree/node-views.ts';
import { durationMs, rowLimit, withLimit, withOutput, type LimitOption, type OutputOption } from '../kernel/options.ts';

const agentTones: Tones<AgentState> = { online: 'good', offline: 'bad', revoked: 'quiet' };

const agentList: ListView<Agent> = {
  columns: [
    { header: 'NAME', value: (agent) => agent.name },
    { header: 'ADDRESS', value: (agent) => agent.address },
    { header: 'STATE', value: (agent) => agent.state, tone: (agent) => agentTones[agent.state] },
    {
      header: 'SINCE',
      value: (agent) => localTime(agent.state === 'online' ? agent.connectedAt : agent.disconnectedAt),
    },
    { header: 'VERSION', value: (agent) => agent.version },
    { header: 'GATEWAY', value: (agent) => agent.gateway, wide: true },
    { header: 'CERTIFICATE UNTIL', value: (agent) => localTime(agent.certificateExpiresAt), wide: true },
    { header: 'IDENTITY', value: (agent) => agent.identity, wide: true },
    { header: 'ID', value: (agent) => agent.id, wide: true },
  ],
  name: (agent) => agent.name,
  empty: 'No agents.',
};

const agentItem: ItemView<Agent> = {
  fields: (agent) => [
    ['name', agent.name],
    ['state', agent.state],
    ['address', agent.address],
    ['version', agent.version],
    ['gateway', agent.gateway ?? '-'],
    ['enrolled', localTime(agent.enrolledAt)],
    ['certificate until', localTime(agent.certificateExpiresAt)],
    ['identity', agent.identity],
    ['id', agent.id],
  ],
  name: (agent) => agent.name,
};

/** `signalbox agent …` and `signalbox machine list` */
export function addAgentCommands(program: Command, context: CliContext): void {
  const agent = program.command('agent').description('Agents on hosts');
  const client = () => createAgentsClient(context.http());

  withLimit(
    withOutput(
      agent
        .command('list')
        .description('List agents; revoked ones only with --state revoked')
        .addOption(new Option('--state <state>').choices(agentStates))
        .option('-q, --search <text>', 'part of a name or address'),
    ),
  ).action(async (options: OutputOption & LimitOption & { state?: AgentState; search?: string }) => {
    const rows = await client().list({ q: options.search, state: options.state, limit: rowLimit(options) });
    context.print.list(options.output, rows, agentList);
  });

  withOutput(
    agent.command('get').description('Show one agent, with the facts of its host').argument('<agent>', 'name or id'),
  ).action(async (name: string, options: OutputOption) => {
    const found = await client().get(name);
    context.print.item(options.output, found, {
      fields: (item) => [
        ...agentItem.fields(item),
        ...(item.facts === null
          ? []
          : ([
              ['host name', item.facts.hostname],
              ['system', `${item.facts.os.name} ${item.facts.os.version} (${item.facts.os.arch})`],
              ['processors', `${item.facts.cpu.cores} × ${item.facts.cpu.model}`],
              ['memory', formatBytes(item.facts.memory.totalBytes)],
            ] as const)),
      ],
      name: (item) => item.name,
    });
  });

  withOutput(
    agent
      .command('revoke')
      .description('Cut an agent off for good; its runs count as lost')
      .argument('<agent>', 'name or id'),
  ).action(async (name: string, options: OutputOption) =>
    context.print.item(options.output, await client().revoke(name), agentItem),
  );

  addAgentRunCommand(agent, context);
  addJoinTokenCommands(agent, context);

  const machine = program.command('machine').description('Machines, whether or not an agent is on them');
  withLimit(
    withOutput(
      machine.command('list').description('List machines').option('-q, --search <text>', 'part of a name or address'),
    ),
  ).action(async (options: OutputOption & LimitOption & { search?: string }) => {
    context.print.list(
      options.output,
      await client().machines({ q: options.search, limit: rowLimit(options) }),
      machineList,
    );
  });
}

function addJoinTokenCommands(agent: Command, context: CliContext): void {
  const joinToken = agent.command('join-token').description('Tokens with which an agent enrols');
  withOutput(
    joinToken
      .command('create')
      .description('Create a token with which one agent may enrol; it is shown this once')
      .option('--name <name>', 'only for an agent of this name')
      .option('--node <path>', 'its machine is bound to this node')
      .option('--expires <duration>', 'life, like 1h', durationMs),
  ).action(async (options: OutputOption & { name?: string; node?: string; expires?: number }) => {
    const created = await createAgentsClient(context.http()).createJoinToken({
      ...(options.name === undefined ? {} : { agentName: options.name }),
      ...(options.node === undefined ? {} : { node: options.node }),
      ...(options.expires === undefined ? {} : { expiresInMinutes: Math.max(1, Math.ceil(options.expires / 60_000)) }),
    });
    context.print.item(options.output, created, {
      fields: (item) => [
        ['token', item.token],
        ['expires', localTime(item.expiresAt)],
      ],
      name: (item) => item.token,
    });
  });
}
