import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createAgent, exitCodeOf } from './agent.ts';
import { exitCodes } from './exit-codes.ts';

const usage = `usage: agent --server HOST:PORT[,HOST:PORT] --data DIR [--join TOKEN | --join-file FILE] [--name NAME] [--policy FILE]
  --server     gateways to dial; more are learnt from them
  --data       folder of what this agent keeps
  --join       join token; only needed until there is a certificate in the data folder
  --join-file  file that holds the join token
  --name       name of this agent (default: the host name)
  --policy     local policy file (YAML or JSON) that restricts users, interpreters and commands
`;

function readFlags() {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({
    options: {
      server: text,
      data: text,
      join: text,
      'join-file': text,
      name: text,
      policy: text,
      help: { type: 'boolean' },
    },
  });
  const servers = (values.server ?? '')
    .split(',')
    .map((address) => address.trim())
    .filter((address) => address !== '');
  if (values.help !== true && servers.length === 0) throw new Error('--server is missing');
  if (values.help !== true && values.data === undefined) throw new Error('--data is missing');
  return { ...values, servers, data: values.data ?? '' };
}

async function main(): Promise<number> {
  let flags: ReturnType<typeof readFlags>;
  try {
    flags = readFlags();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
    return exitCodes.usage;
  }
  if (flags.help === true) {
    process.stdout.write(usage);
    return exitCodes.ok;
  }
  const { join, 'join-file': joinFile, name, policy } = flags;
  const agent = createAgent({
    servers: flags.servers,
    dataFolder: resolve(flags.data),
    joinToken: async () => (joinFile === undefined ? join : (await readFile(joinFile, 'utf8')).trim()),
    writeLog: (line) => process.stderr.write(line),
    ...(name === undefined ? {} : { name }),
    ...(policy === undefined ? {} : { policyFile: resolve(policy) }),
  });
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => agent.stop());
  try {
    await agent.run();
    return exitCodes.ok;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const line = { time: new Date().toISOString(), level: 'fatal', message, exitCode: exitCodeOf(error) };
    process.stderr.write(`${JSON.stringify(line)}\n`);
    return exitCodeOf(error);
  }
}

// Ends here even where a supervised script keeps a handle open: scripts are left alone on purpose.
process.exit(await main());
