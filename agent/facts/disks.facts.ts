import { readFile, statfs } from 'node:fs/promises';
import type { Facts } from '#domain/agents/facts.ts';
import type { FactCollector } from './fact-collector.ts';

/** File systems on block devices, each device once (where it is mounted first). */
export const collectDisks: FactCollector<'disks'> = async () => {
  const seen = new Set<string>();
  const disks: Facts['disks'] = [];
  for (const line of (await readFile('/proc/self/mounts', 'utf8')).split('\n')) {
    const [device, mount, type] = line.split(' ').map(unescapeOctal);
    if (device === undefined || mount === undefined || type === undefined) continue;
    if (!device.startsWith('/dev/') || /^\/dev\/(loop|fuse)/.test(device) || seen.has(device)) continue;
    seen.add(device);
    const totalBytes = await statfs(mount).then(
      ({ blocks, bsize }) => blocks * bsize,
      () => 0,
    );
    disks.push({ device, mount, type, totalBytes });
    if (disks.length === 1024) break;
  }
  return { disks: disks.sort((a, b) => (a.device < b.device ? -1 : 1)) };
};

/** The kernel writes blanks in names as \040. */
function unescapeOctal(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));
}
