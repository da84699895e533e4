// node tools/complete-lock.mjs — after `npm install` from a registry that lacks builds for other platforms.
//
// npm leaves an optional platform package out of package-lock.json when the registry at hand does not have it, and then
// refuses the same lock in `npm ci` ("Missing: … from lock file"). This adds those entries back: name, version and
// platform, without an integrity hash, which only the registry that has the file could tell.
import { readFileSync, writeFileSync } from 'node:fs';

const file = new URL('../package-lock.json', import.meta.url);
const systems = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony', 'sunos', 'netbsd', 'openbsd', 'aix'];
const processors = ['x64', 'arm64', 'arm', 'armv7', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'wasm32'];

const lock = JSON.parse(readFileSync(file, 'utf8'));
const { packages } = lock;

/** Whether `name` resolves from the package at `path`, as Node looks for it. */
function isLocked(path, name) {
  for (let base = path; ; base = base.slice(0, Math.max(0, base.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${base === '' ? '' : `${base}/`}node_modules/${name}`] !== undefined) return true;
    if (base === '') return false;
  }
}

let added = 0;
for (const [path, parent] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (isLocked(path, name) || !/^\d/.test(version)) continue;
    const words = name.split('/').at(-1).split('-');
    const processor = words.find((word) => processors.includes(word)) ?? 'wasm32';
    const system = words.find((word) => systems.includes(word));
    packages[`node_modules/${name}`] = {
      version,
      cpu: [processor === 'armv7' ? 'arm' : processor],
      ...(parent.dev === true ? { dev: true } : {}),
      ...(parent.devOptional === true ? { devOptional: true } : {}),
      optional: true,
      ...(system === undefined ? {} : { os: [system] }),
    };
    added += 1;
  }
}
lock.packages = Object.fromEntries(Object.entries(packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${added} entries added`);
