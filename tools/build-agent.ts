import { copyFileSync, globSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';

/**
 * Packs the agent into dist/ (or the folder given): `agent.mjs`, chunks that are loaded only when needed (enrolment, YAML), and the run
 * supervisor, which must lie beside them. They run on Node 24 with nothing installed.
 */
const checkout = dirname(import.meta.dirname);
const dist = process.argv[2] ?? join(checkout, 'dist');

for (const old of globSync('agent-*.mjs', { cwd: dist })) rmSync(join(dist, old));
await build({
  entryPoints: { agent: join(checkout, 'agent', 'main.ts') },
  outdir: dist,
  outExtension: { '.js': '.mjs' },
  chunkNames: 'agent-[name]-[hash]',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node24',
  minify: true,
  legalComments: 'none',
  // CommonJS packages inside the bundle ask for Node's own modules by require().
  banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  logLevel: 'warning',
});
copyFileSync(join(checkout, 'agent', 'run-supervisor.sh'), join(dist, 'run-supervisor.sh'));
const packed = join(dist, 'agent.mjs');
process.stdout.write(`${packed} ${Math.round(statSync(packed).size / 1024)} KiB\n`);
