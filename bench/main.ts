import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { measureAgentRss } from './agent-rss.ts';
import { measureComparison } from './comparison.ts';
import { type FanoutFigures, measureFanout } from './fanout.ts';
import type { FleetSessions } from './fleet.ts';
import { measureApproval } from './approval.ts';
import { describeMachine } from './machine.ts';
import { type BenchReport, missedLimits, renderMarkdown } from './report.ts';
import { measureWeb } from './web.ts';

const usage = `npm run bench -- fanout [--agents N]…   simulated agents, and clush over ssh against 20 real agents
npm run bench -- agent-rss             memory of one idle packed agent
npm run bench -- approval              decision to first host, beside a raw program; 2,000 open tickets; audit writes
npm run bench -- web                   page loads in Chromium; a task page with 10,000 hosts
npm run bench -- results               everything, as bench/RESULTS.md has it, and writes that file

  --agents N         simulated agents; may be repeated (default 1000)
  --concurrency N    hosts in flight at once; may be repeated (default: all and 50)
  --in-process       fan-out only: sessions are functions inside of a gateway, in place of connections
  --runs N           runs per figure (default 5)
  --cpu-prof DIR     fan-out only: writes a CPU profile of each process of the platform (the figures then mean little)
  --no-peer          without clush and the real agents
  --strict           exit code 1 where a limit is missed

The figures are JSON on standard output; the same as Markdown tables go to standard error.
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    agents: { type: 'string', multiple: true },
    concurrency: { type: 'string', multiple: true },
    'in-process': { type: 'boolean', default: false },
    runs: { type: 'string', default: '5' },
    'cpu-prof': { type: 'string' },
    'no-peer': { type: 'boolean', default: false },
    strict: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isInteger(value) && value > 0) return value;
  throw new Error(`--${option} takes a positive number, not ${text}`);
}

const runs = positive('runs', values.runs);
const agentSeconds = 60;
const realAgents = 20;
const approvalPairs = 40;
const openTickets = 2_000;
const machine = describeMachine();
const [what = 'help'] = positionals;
const command = `npm run bench -- ${process.argv.slice(2).join(' ')}`;

async function fanouts(counts: readonly number[], sessions: FleetSessions): Promise<FanoutFigures[]> {
  const figures: FanoutFigures[] = [];
  for (const hosts of counts) {
    const concurrencies = values.concurrency?.map((text) => positive('concurrency', text)) ?? [hosts, 50];
    figures.push(...(await measureFanout({ hosts, sessions, concurrencies, runs, env: profiling })));
  }
  return figures;
}

const profiling: Record<string, string> =
  values['cpu-prof'] === undefined ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${resolve(values['cpu-prof'])}` };

const comparison = async () =>
  values['no-peer'] ? {} : { comparison: await measureComparison({ hosts: realAgents, runs, env: process.env }) };

async function measure(): Promise<BenchReport | undefined> {
  switch (values.help ? 'help' : what) {
    case 'fanout': {
      const counts = (values.agents ?? ['1000']).map((text) => positive('agents', text));
      return {
        command,
        machine,
        fanout: await fanouts(counts, values['in-process'] ? 'in-process' : 'connected'),
        ...(await comparison()),
      };
    }
    case 'agent-rss':
      return { command, machine, agentRss: await measureAgentRss({ seconds: agentSeconds }) };
    case 'approval':
      return { command, machine, approval: await measureApproval({ pairs: approvalPairs, open: openTickets }) };
    case 'web':
      return { command, machine, web: await measureWeb({ runs }) };
    case 'results':
      return {
        command,
        machine,
        fanout: [...(await fanouts([1_000, 5_000], 'connected')), ...(await fanouts([1_000, 50_000], 'in-process'))],
        ...(await comparison()),
        agentRss: await measureAgentRss({ seconds: agentSeconds }),
        approval: await measureApproval({ pairs: approvalPairs, open: openTickets }),
        web: await measureWeb({ runs }),
      };
    default:
      return undefined;
  }
}

/** Puts the tables between the two marks of RESULTS.md; what people wrote around them stays. */
async function writeResults(markdown: string): Promise<void> {
  const file = join(import.meta.dirname, 'RESULTS.md');
  const text = readFileSync(file, 'utf8');
  const [begin, end] = ['<!-- figures -->\n', '<!-- end of figures -->'];
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from === -1 || to < from) throw new Error(`${file} has no place for the figures`);
  const whole = `${text.slice(0, from + begin.length)}\n${markdown}\n${text.slice(to)}`;
  writeFileSync(file, await format(whole, { ...(await resolveConfig(file)), parser: 'markdown' }));
}

// An exit, unlike a signal's own end, lets what was started here be ended with us.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(1));

const report = await measure();
if (report === undefined) {
  process.stdout.write(usage);
  process.exitCode = values.help || what === 'help' ? 0 : 1;
} else {
  process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const markdown = renderMarkdown(report);
  process.stderr.write(`\n${markdown}\n`);
  if (what === 'results') await writeResults(markdown);
  const missed = missedLimits(report);
  for (const miss of missed) process.stderr.write(`Limit missed: ${miss}\n`);
  if (values.strict && missed.length > 0) process.exitCode = 1;
}
