import { existsSync, readdirSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { join, relative } from 'node:path';
import { tryFileLock } from '#platform/file-lock.ts';
import type { DataFolder } from '#processes/supervisor/data-folder.ts';
import { portOwner } from '#processes/supervisor/port-owner.ts';
import { readPorts, type Ports } from '#processes/supervisor/ports.ts';
import { isAlive } from '#processes/supervisor/process-identity.ts';
import { readProcessTable, type ProcessRow } from '#processes/supervisor/process-table.ts';
import { fail, ok, warn, type Finding } from './check.ts';

const othersMayRead = 0o077;

/** Everything with keys or sign-in must be ours alone; certificates are public. */
export function checkRights(folder: DataFolder): Finding {
  const folders = [folder.keys, folder.run, folder.agent].filter((path) => existsSync(path));
  const files = [folder.keys, folder.run].filter((path) => existsSync(path)).flatMap(secretFiles);
  const open = [...folders, ...files]
    .filter((path) => (statSync(path).mode & othersMayRead) !== 0)
    .map((path) => relative(folder.root, path));
  if (open.length === 0) return ok('rights', 'keys and sign-in are readable by their owner only');
  return fail('rights', `others may read ${open.join(', ')}`, `chmod -R go= ${folders.join(' ')}`);
}

function secretFiles(path: string): string[] {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.pem'))
    .map((entry) => join(entry.parentPath, entry.name));
}

/** Who holds the data folder, and whether each recorded process lives. */
export async function checkProcesses(folder: DataFolder): Promise<{ findings: Finding[]; running: boolean }> {
  if (!existsSync(folder.lock)) {
    return {
      running: false,
      findings: [warn('data folder', `${folder.root} has not been started yet`, 'Run npm start.')],
    };
  }
  const lock = await tryFileLock(folder.lock);
  const rows = readProcessTable(folder.processes);
  if (lock) {
    lock.release();
    const left = rows.filter(isAlive);
    const found =
      left.length === 0
        ? 'nothing runs'
        : `no supervisor, but ${left.map(({ role, pid }) => `${role} (${pid})`).join(', ')}`;
    const advice =
      left.length === 0 ? 'Run npm start.' : 'Run npm start: it stops what was left behind, in order, and goes on.';
    return {
      running: false,
      findings: [left.length === 0 ? warn('processes', found, advice) : fail('processes', found, advice)],
    };
  }
  return { running: true, findings: rows.map((row) => describeProcess(row, folder)) };
}

function describeProcess(row: ProcessRow, folder: DataFolder): Finding {
  const check = `process ${row.role}`;
  if (isAlive(row)) return ok(check, `pid ${row.pid}`);
  return fail(
    check,
    `pid ${row.pid} is gone`,
    `The supervisor restarts it; if it does not stay, see ${folder.log(row.role)}.`,
  );
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}

/** Kept ports: ours while running, free otherwise. */
export async function checkPorts(folder: DataFolder, running: boolean): Promise<Finding[]> {
  const ports = readPorts(folder.ports);
  if (!ports) return [];
  const findings: Finding[] = [];
  for (const [name, port] of Object.entries(ports) as [keyof Ports, number][]) {
    const open = await listens(port);
    if (open !== running) findings.push(describePort(name, port, open, folder));
  }
  if (findings.length > 0) return findings;
  const list = Object.entries(ports).map(([name, port]) => `${name} ${port}`);
  return [ok('ports', `${list.join(', ')}: ${running ? 'all answer' : 'all free'}`)];
}

function describePort(name: string, port: number, open: boolean, folder: DataFolder): Finding {
  if (open)
    return fail(
      `port ${name}`,
      `${port} is taken by ${portOwner(port)}`,
      `Stop that program, or choose another port for ${name} in ${folder.ports}.`,
    );
  return fail(`port ${name}`, `nobody listens on ${port}`, `See the logs in ${join(folder.root, 'logs')}.`);
}
