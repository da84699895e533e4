import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { runCommand } from '#tools/ensure/command.ts';
import { median, round, type Timing, timing } from '../statistics.ts';
import { clustershellVersion, ensureClush } from './clustershell.ts';
import { type LoopbackSsh, startLoopbackSsh } from './openssh.ts';

/** clush's own default: this many connections at once. */
const fanout = 64;

export interface ClushFigures {
  readonly tool: string;
  readonly hosts: number;
  readonly fanout: number;
  /** A new ssh connection per host and run. */
  readonly cold: Timing;
  /** Over master connections that are open already (ControlMaster). */
  readonly warm: Timing;
  /** `clush --version`: what starting Python and clush alone takes. */
  readonly startSeconds: number;
  /** Connections that sshd counted in the cold runs: hosts × runs when each was a connection of its own. */
  readonly coldConnections: number;
}

/** Either figures, or why there are none. */
export type PeerOutcome = ClushFigures | { readonly leftOut: string };

/**
 * Times `command` on `hosts` loopback hosts through clush over ssh, wall time of the whole command. A run that does not
 * answer for every host makes the peer left out: a figure of a failed run would be no figure.
 */
export async function measureClush(options: {
  command: readonly string[];
  hosts: number;
  runs: number;
  env: Readonly<Record<string, string | undefined>>;
}): Promise<PeerOutcome> {
  let ssh: LoopbackSsh | undefined;
  const settings = mkdtempSync('/tmp/sbx-clush-');
  try {
    const [python, clush] = await ensureClush(options.env);
    const server = (ssh = await startLoopbackSsh(options.hosts, options.env));
    // An empty settings folder: nobody's own clush.conf changes the figures.
    writeFileSync(join(settings, 'clush.conf'), `[Main]\nfanout: ${fanout}\nconnect_timeout: 30\ncommand_timeout: 0\n`);
    const env = { ...options.env, CLUSTERSHELL_CFGDIR: settings };
    const nodes = server.hosts.join(',');

    const timed = async (args: readonly string[]) => {
      const started = performance.now();
      const stdout = await runCommand(python, [clush, ...args], { env, timeoutMs: 120_000 });
      return { stdout, seconds: (performance.now() - started) / 1000 };
    };
    const once = async (config: string): Promise<number> => {
      const args = [
        '--nostdin',
        '-S',
        '-f',
        String(fanout),
        '-o',
        `-F ${config}`,
        '-w',
        nodes,
        options.command.join(' '),
      ];
      const { stdout, seconds } = await timed(args);
      const answered = new Set(stdout.split('\n').map((line) => line.split(':', 1)[0]));
      const missing = server.hosts.filter((host) => !answered.has(host));
      if (missing.length > 0) throw new Error(`clush had no answer of ${missing.join(' ')}`);
      return seconds;
    };
    const repeat = async (config: string) => {
      const seconds: number[] = [];
      for (let run = 0; run < options.runs; run++) seconds.push(await once(config));
      return timing(seconds);
    };

    const before = server.accepted();
    const cold = await repeat(server.coldConfig);
    const coldConnections = server.accepted() - before;
    await once(server.warmConfig);
    const warm = await repeat(server.warmConfig);
    const starts: number[] = [];
    for (let run = 0; run < 3; run++) starts.push((await timed(['--version'])).seconds);
    return {
      tool: `clush ${clustershellVersion}, ${server.version}`,
      hosts: options.hosts,
      fanout,
      cold,
      warm,
      startSeconds: round(median(starts), 3),
      coldConnections,
    };
  } catch (error) {
    return { leftOut: error instanceof Error ? error.message : String(error) };
  } finally {
    await ssh?.stop();
    rmSync(settings, { recursive: true, force: true });
  }
}
