const states = ['succeeded', 'succeeded', 'succeeded', 'failed', 'running', 'timed_out', 'pending', 'lost'] as const;

/** Host runs as a task of `count` hosts has them; the same each time. */
export function sampleRuns(count: number) {
  return Array.from({ length: count }, (_, index) => {
    const state = states[(index * 7 + (index >> 3)) % states.length] ?? 'succeeded';
    return {
      host: `web-${String(index).padStart(5, '0')}.prod.example.net`,
      state,
      exitCode: state === 'succeeded' ? 0 : state === 'failed' ? 1 + (index % 4) : undefined,
      tookMs: 400 + ((index * 7_919) % 90_000),
    };
  });
}

const escape = '\u001B';

/** Output of `lines` lines: coloured, with progress bars, and with what hostile output would try. */
export function sampleLog(lines: number): string {
  const hostile = [
    '<img src=x onerror="document.title=\'pwned\'"> <script>document.title="pwned"</script>',
    `${escape}]8;;javascript:alert(1)${escape}\\a link of the terminal${escape}]8;;${escape}\\`,
    'file\u202Egnp.exe and a NUL \u0000 and a bell \u0007',
    `10%\r50%\r${escape}[32m100% done${escape}[0m`,
    `${escape}[1;31mERROR${escape}[0m ${escape}[38;5;208mcould not connect${escape}[0m ${escape}[4mto db-07${escape}[0m`,
  ];
  const text = Array.from({ length: lines }, (_, index) => {
    if (index % 50 === 7) return hostile[Math.floor(index / 50) % hostile.length] ?? '';
    const level = index % 11 === 0 ? `${escape}[33mWARN ${escape}[0m` : `${escape}[32mINFO ${escape}[0m`;
    return `2026-11-21T16:${String(Math.floor(index / 60) % 60).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}Z ${level} worker ${index % 16}: shard ${index} copied, ${(index * 37) % 4_096} KiB`;
  });
  return `${text.join('\n')}\n`;
}

export const sampleScript = `#!/usr/bin/env bash
# Deletes rotated logs older than \${DAYS:-14} days.
set -euo pipefail

days="\${DAYS:-14}"
if [[ ! "$days" =~ ^[0-9]+$ ]]; then
  echo "DAYS must be a number" >&2
  exit 2
fi
find /var/log -name '*.gz' -mtime "+$days" -print -delete
`;
