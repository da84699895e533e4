// Runs before anything is installed, on the machine's own Node (20 or later), so it is plain JavaScript on built-ins only.
// Makes the checkout ready: dependencies with the pinned Node 24, then the real servers and the packed agent (prepare.ts).
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const pinnedNode = join(checkout, 'node_modules', '.bin', 'node');
const oldestNode = 20;
const pinnedMajor = 24;

/** @param {string} line */
function say(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {string} what @param {string} nextStep @returns {never} */
function fail(what, nextStep) {
  say(`\n${what}\nNext step: ${nextStep}`);
  process.exit(1);
}

/** The npm that runs us, or the one on PATH. @returns {[string, string[]]} */
function npmCommand() {
  const running = process.env.npm_execpath;
  return running && running.endsWith('.js') ? [process.execPath, [running]] : ['npm', []];
}

function checkMachine() {
  if (Number(process.versions.node.split('.')[0]) < oldestNode) {
    fail(
      `This is Node ${process.versions.node}; Signalbox needs ${oldestNode} or later to set itself up.`,
      'install a current Node from nodejs.org, then run npm start again.',
    );
  }
  if (spawnSync('git', ['--version'], { stdio: 'ignore' }).status !== 0) {
    fail('git was not found.', 'install git (on Debian: apt-get install git), then run npm start again.');
  }
}

/** @param {string} file */
function lockedPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/** Whether node_modules holds exactly what package-lock.json says; npm leaves its own list there when it is done. */
function isInstalled() {
  const installedList = join(checkout, 'node_modules', '.package-lock.json');
  if (!existsSync(installedList)) return false;
  const wanted = lockedPackages(join(checkout, 'package-lock.json'));
  const installed = lockedPackages(installedList);
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const present = installed[path];
    return present
      ? present.version === entry.version && present.integrity === entry.integrity
      : entry.optional || entry.devOptional || entry.peer;
  });
}

/** @param {string} command @param {string[]} args @param {string} still @returns {Promise<number>} */
function run(command, args, still) {
  return new Promise((resolve) => {
    const startedAt = Date.now();
    const ticking = setInterval(() => say(`  ${still}, ${Math.round((Date.now() - startedAt) / 1000)} s …`), 10_000);
    const child = spawn(command, args, { cwd: checkout, stdio: ['ignore', process.stderr, 'inherit'] });
    child.once('error', (error) => {
      say(error.message);
      resolve(1);
    });
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('close', () => clearInterval(ticking));
  });
}

function pinnedNodeWorks() {
  const answer = spawnSync(pinnedNode, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && answer.stdout.startsWith(`v${pinnedMajor}.`);
}

async function installDependencies() {
  const [npm, npmArgs] = npmCommand();
  if (!isInstalled()) {
    if (spawnSync(npm, [...npmArgs, '--version'], { stdio: 'ignore' }).status !== 0) {
      fail('npm was not found.', 'install npm (it comes with Node from nodejs.org), then run npm start again.');
    }
    say('Installing dependencies and the pinned Node 24 (npm ci), usually 15 to 60 s …');
    const startedAt = Date.now();
    const options = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
    if ((await run(npm, [...npmArgs, ...options], 'still installing')) !== 0) {
      fail(
        'npm ci failed; npm says why above.',
        'check that this machine reaches its npm registry and that the disk has 1 GB free, then run npm start again.',
      );
    }
    say(`  installed in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
  }
  if (pinnedNodeWorks()) return;
  // A machine with ignore-scripts has the package, but not yet the program that its install script fetches.
  say('Fetching the pinned Node 24 …');
  await run(npm, [...npmArgs, 'rebuild', 'node', '--ignore-scripts=false', '--loglevel=error'], 'still fetching');
  if (!pinnedNodeWorks()) {
    fail(
      'The pinned Node 24 (npm package `node`) does not run on this machine.',
      'run `npm rebuild node --ignore-scripts=false` and look at its messages.',
    );
  }
}

checkMachine();
await installDependencies();
process.exitCode = await new Promise((resolve) => {
  const child = spawn(pinnedNode, [join(checkout, 'tools', 'prepare.ts'), ...process.argv.slice(2)], {
    cwd: checkout,
    stdio: 'inherit',
  });
  child.once('error', (error) => {
    say(error.message);
    resolve(1);
  });
  child.once('exit', (code) => resolve(code ?? 1));
});
