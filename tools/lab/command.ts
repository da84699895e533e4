import { parseArgs } from 'node:util';
import { openLab, type Lab, type ServerState } from './lab.ts';
import type { LabPart } from './part.ts';
import type { StartedServer } from './start-server.ts';

const usage = `npm run lab                        what parts there are, and what runs
npm run lab -- PART…               start parts; Ctrl-C ends them in order
npm run lab -- PART… --detach      start them in the background, return when they are ready
npm run lab -- --stop [PART…]      end what runs, also what was left behind by a kill
npm run --silent lab -- … -o json  addresses as one JSON object on standard output
`;

/** A second Ctrl-C within this time is the same one: npm hands on what the terminal has sent to us already. */
const sameSignalMs = 500;
const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** What is said of the lab's command: data on `out`, everything else by `say`. */
export interface CommandContext {
  readonly checkout: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly out: (text: string) => void;
  readonly say: (line: string) => void;
}

class Misused extends Error {}

interface Wish {
  readonly parts: readonly LabPart[];
  readonly detach: boolean;
  readonly stop: boolean;
  readonly json: boolean;
  readonly help: boolean;
}

function read(args: readonly string[], parts: readonly LabPart[]): Wish {
  const { values, positionals } = parse(args);
  const known = parts.map(({ name }) => name);
  const unknown = positionals.filter((name) => !known.includes(name));
  if (unknown.length > 0)
    throw new Misused(`The lab has no part ${unknown.join(', ')}. Its parts: ${known.join(', ')}.`);
  if (values.output !== 'text' && values.output !== 'json')
    throw new Misused(`-o takes text or json; got ${values.output}.`);
  if (values.detach && values.stop) throw new Misused('--detach starts, --stop ends: only one of them.');
  if (values.detach && positionals.length === 0)
    throw new Misused(`--detach needs to know which parts: ${known.join(', ')}.`);
  return {
    parts: parts.filter(({ name }) => positionals.includes(name)),
    detach: values.detach,
    stop: values.stop,
    json: values.output === 'json',
    help: values.help,
  };
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        detach: { type: 'boolean', default: false },
        stop: { type: 'boolean', default: false },
        output: { type: 'string', short: 'o', default: 'text' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Misused((error as Error).message);
  }
}

const words = { ready: 'runs', silent: 'does not answer', died: 'died', off: 'not started' } as const;

function describe({ server, state, pid, address }: ServerState, lab: Lab): string {
  const more = {
    ready: `${address}  (pid ${pid})`,
    silent: `${address}  (pid ${pid}, log ${lab.folder.log(server.name)})`,
    died: `pid ${pid} is gone (log ${lab.folder.log(server.name)})`,
    off: '',
  };
  return `    ${server.name.padEnd(16)} ${words[state].padEnd(15)}  ${more[state]}`.trimEnd();
}

function plain(answer: unknown): string {
  if (Array.isArray(answer)) return answer.map(String).join(' ');
  if (typeof answer !== 'object' || answer === null) return String(answer);
  return Object.entries(answer)
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ');
}

function print(lab: Lab, parts: readonly LabPart[], json: boolean, out: (text: string) => void): void {
  const answers = parts.map((part) => [part.name, lab.answer(part)] as const);
  if (json) out(`${JSON.stringify(Object.fromEntries(answers))}\n`);
  else for (const [name, answer] of answers) out(`${name.padEnd(16)} ${plain(answer)}\n`);
}

/** What runs. As JSON, a part is there when all of it answers. */
async function show(lab: Lab, parts: readonly LabPart[], json: boolean, { out, say }: CommandContext): Promise<void> {
  const states = await lab.look();
  const namesIn = (wanted: ServerState['state']) =>
    [...new Set(states.filter(({ state }) => state === wanted).map(({ part }) => part.name))].join(' ');
  const [died, silent] = [namesIn('died'), namesIn('silent')];
  if (json) {
    const whole = parts.filter((part) => states.every((one) => one.part !== part || one.state === 'ready'));
    print(lab, whole, true, out);
    for (const one of states.filter(({ state }) => state === 'died' || state === 'silent'))
      say(describe(one, lab).trim());
  } else {
    out(`The lab on ${lab.folder.root}: real outside systems beside the platform (docs/lab.md).\n`);
    for (const part of parts) {
      out(`\n  ${part.name}: ${part.what}\n`);
      for (const one of states.filter((state) => state.part === part)) out(`${describe(one, lab)}\n`);
    }
    out(`\n${usage}`);
  }
  if (died) say(`\nNext step: npm run lab -- ${died} --detach starts again what has died.`);
  if (silent) say(`\nNext step: npm run lab -- --stop ${silent} ends what does not answer; then start it again.`);
}

async function runningPids(lab: Lab, part: LabPart): Promise<string> {
  const states = (await lab.look()).filter((one) => one.part === part);
  return states.map(({ server, pid }) => `${server.name} pid ${pid}`).join(', ');
}

async function start(lab: Lab, wish: Wish, { out, say }: CommandContext): Promise<number> {
  const launchers = await lab.prepare(wish.parts);
  const abort = new AbortController();
  let started: StartedServer[] = [];
  let interruptedAt: number | undefined;
  let stopping: Promise<number> | undefined;
  const interrupted = () => {
    if (interruptedAt !== undefined && Date.now() - interruptedAt > sameSignalMs) {
      say('Ending it at once.');
      lab.kill(started);
    }
    if (interruptedAt === undefined) say('\nStopping in order (again: at once) …');
    interruptedAt ??= Date.now();
    abort.abort(new Error('Interrupted: what was started has been ended again.'));
    if (started.length > 0) stopping ??= lab.stop(started.map(({ name }) => name));
  };
  for (const signal of signals) process.on(signal, interrupted);
  try {
    started = await lab.start(wish.parts, launchers, abort.signal);
    const fresh = (part: LabPart) => part.servers.some(({ name }) => started.some((one) => one.name === name));
    for (const part of wish.parts.filter((one) => !fresh(one)))
      say(`${part.name} runs already (${await runningPids(lab, part)}).`);
    print(lab, wish.parts, wish.json, out);
    if (wish.detach || started.length === 0) {
      for (const server of started) server.leave();
      if (started.length > 0) say('It runs in the background. Stop it with: npm run lab -- --stop');
      return 0;
    }
    say(`Ctrl-C ends ${started.map(({ name }) => name).join(', ')}.`);
    const ends = started.map(({ name, ended }) =>
      ended.then((how) => {
        const asked = how === 'ended with exit code 0';
        if (interruptedAt === undefined && !asked) say(`${name} ${how}. npm run lab says how to start it again.`);
        return asked;
      }),
    );
    const clean = (await Promise.all(ends)).every(Boolean);
    if (interruptedAt === undefined) {
      say('All of it has ended.');
      return clean ? 0 : 1;
    }
    await stopping;
    say('Stopped.');
    return 0;
  } finally {
    for (const signal of signals) process.off(signal, interrupted);
  }
}

async function stop(lab: Lab, parts: readonly LabPart[], { say }: CommandContext): Promise<number> {
  const names = parts.length === 0 ? undefined : parts.flatMap(({ servers }) => servers.map(({ name }) => name));
  const count = await lab.stop(names);
  say(count === 0 ? `Nothing of it runs on ${lab.folder.root}.` : 'Stopped.');
  return 0;
}

/** `npm run lab`: carries out what the arguments ask for with these parts, and answers an exit code. */
export async function labCommand(
  args: readonly string[],
  parts: readonly LabPart[],
  context: CommandContext,
): Promise<number> {
  try {
    const wish = read(args, parts);
    if (wish.help) {
      context.out(usage);
      return 0;
    }
    const lab = openLab(parts, context);
    if (wish.stop) return await stop(lab, wish.parts, context);
    if (wish.parts.length > 0) return await start(lab, wish, context);
    await show(lab, parts, wish.json, context);
    return 0;
  } catch (error) {
    context.say((error as Error).message);
    if (!(error instanceof Misused)) return 1;
    context.say(`\n${usage}`);
    return 2;
  }
}
