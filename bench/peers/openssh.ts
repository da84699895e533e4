import { type ChildProcess, spawn } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findCommand, isExecutable, runCommand } from '#tools/ensure/command.ts';
import { PartMissing } from '#tools/ensure/part.ts';
import { freePort } from '#tests/support/postgres.ts';

/** An sshd of the benchmark's own on loopback, known under as many names as there are hosts: each is a connection of its own. */
export interface LoopbackSsh {
  readonly version: string;
  readonly hosts: readonly string[];
  /** ssh_config: every command its own connection. */
  readonly coldConfig: string;
  /** ssh_config: one master connection per host, kept open (ControlMaster). */
  readonly warmConfig: string;
  /** Connections that sshd let in so far. */
  accepted(): number;
  /** Closes the master connections and ends sshd. */
  stop(): Promise<void>;
}

async function findSshd(env: Readonly<Record<string, string | undefined>>): Promise<string> {
  const find = () => ['/usr/sbin/sshd', '/usr/local/sbin/sshd'].find(isExecutable) ?? findCommand('sshd', env);
  const present = find();
  if (present !== undefined && findCommand('ssh', env) !== undefined) return present;
  const aptGet = findCommand('apt-get', env);
  if (process.getuid?.() !== 0 || aptGet === undefined) {
    throw new PartMissing('there is no sshd on this machine. Next step: install OpenSSH (Debian: openssh-server)');
  }
  console.error('Installing openssh-server with apt-get (about 10 s); its service is not started');
  // RUNLEVEL=1: the package's scripts start nothing.
  const apt = { env: { ...env, DEBIAN_FRONTEND: 'noninteractive', RUNLEVEL: '1' }, timeoutMs: 300_000 };
  await runCommand(aptGet, ['update', '-q'], apt);
  await runCommand(aptGet, ['install', '-y', '-q', '--no-install-recommends', 'openssh-server', 'openssh-client'], apt);
  const installed = find();
  if (installed === undefined) throw new PartMissing('openssh-server was installed, but there is no sshd');
  return installed;
}

const sshdConfig = (o: { port: number; folder: string }) => `
Port ${o.port}
ListenAddress 127.0.0.1
HostKey ${o.folder}/host_key
AuthorizedKeysFile ${o.folder}/user_key.pub
PidFile none
StrictModes no
UsePAM no
UseDNS no
SetEnv HOME=${o.folder}/home
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
MaxStartups 2000
MaxSessions 100
LogLevel INFO
`;

const clientConfig = (o: { port: number; folder: string; extra: string }) => `
Host *
  HostName 127.0.0.1
  Port ${o.port}
  User ${userInfo().username}
  IdentityFile ${o.folder}/user_key
  IdentitiesOnly yes
  IdentityAgent none
  StrictHostKeyChecking no
  UserKnownHostsFile ${o.folder}/known_hosts
  BatchMode yes
  LogLevel ERROR
${o.extra}
`;

/** Starts sshd on 127.0.0.1, under `count` names, with keys and settings of its own in a temporary folder. */
export async function startLoopbackSsh(
  count: number,
  env: Readonly<Record<string, string | undefined>>,
): Promise<LoopbackSsh> {
  const sshd = await findSshd(env);
  // sshd refuses to start as root without the folder that its unprivileged child lives in.
  if (process.getuid?.() === 0) mkdirSync('/run/sshd', { recursive: true, mode: 0o755 });
  const folder = mkdtempSync('/tmp/sbx-ssh-');
  chmodSync(folder, 0o700);
  const hosts = Array.from({ length: count }, (_, index) => `host-${String(index + 1).padStart(2, '0')}`);
  // An empty home: what the account's own .bashrc does at every command is not the peer's time.
  mkdirSync(join(folder, 'home'));
  const port = await freePort();
  for (const name of ['host_key', 'user_key']) {
    await runCommand('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)], { env });
  }
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const serverConfig = file('sshd_config', sshdConfig({ port, folder }));
  const coldConfig = file('cold_config', clientConfig({ port, folder, extra: '  ControlMaster no' }));
  const warm = `  ControlMaster auto\n  ControlPath ${folder}/%n.sock\n  ControlPersist 600`;
  const warmConfig = file('warm_config', clientConfig({ port, folder, extra: warm }));
  const logFile = file('sshd.log', '');

  const log = openSync(logFile, 'a');
  const server: ChildProcess = spawn(sshd, ['-D', '-e', '-f', serverConfig], { stdio: ['ignore', 'ignore', log] });
  closeSync(log);
  const endWithUs = () => void server.kill('SIGKILL');
  process.once('exit', endWithUs);
  const tail = () => readFileSync(logFile, 'utf8').trim().split('\n').slice(-3).join('; ');

  async function stop(): Promise<void> {
    for (const host of hosts) {
      if (existsSync(join(folder, `${host}.sock`))) {
        await runCommand('ssh', ['-F', warmConfig, '-O', 'exit', host], { env }).catch(() => undefined);
      }
    }
    if (server.exitCode === null && server.signalCode === null) {
      const gone = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await gone;
    }
    process.removeListener('exit', endWithUs);
    rmSync(folder, { recursive: true, force: true });
  }

  for (let tries = 0; !(await answers(port)); tries++) {
    if (server.exitCode !== null || tries > 100) {
      const reason = tail();
      await stop();
      throw new Error(`sshd did not start: ${reason}`);
    }
    await sleep(50);
  }
  return {
    version: (await runCommand('/bin/sh', ['-c', 'ssh -V 2>&1'], { env })).trim(),
    hosts,
    coldConfig,
    warmConfig,
    accepted: () =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => line.startsWith('Accepted ')).length,
    stop,
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port }, () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
