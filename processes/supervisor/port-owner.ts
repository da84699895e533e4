import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { listProcesses } from './process-identity.ts';

const listening = '0A';

function listeningInodes(port: number): Set<string> {
  const inodes = new Set<string>();
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    let text = '';
    try {
      text = readFileSync(table, 'utf8');
    } catch {
      continue;
    }
    for (const line of text.split('\n').slice(1)) {
      const fields = line.trim().split(/\s+/);
      const localPort = Number.parseInt(fields[1]?.split(':')[1] ?? '', 16);
      if (localPort === port && fields[3] === listening && fields[9]) inodes.add(`socket:[${fields[9]}]`);
    }
  }
  return inodes;
}

function holds(pid: number, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((descriptor) => {
      try {
        return inodes.has(readlinkSync(`/proc/${pid}/fd/${descriptor}`));
      } catch {
        return false;
      }
    });
  } catch {
    return false;
  }
}

/** Says who listens on a TCP port of this machine, as far as we may know: `pid 12 (nginx -g …)` or `another program`. */
export function portOwner(port: number): string {
  const inodes = listeningInodes(port);
  const owner = inodes.size > 0 ? listProcesses().find(({ pid }) => holds(pid, inodes)) : undefined;
  return owner ? `pid ${owner.pid} (${owner.args.join(' ').slice(0, 120)})` : 'another program';
}
