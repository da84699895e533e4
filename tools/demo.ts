import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCommandLine } from './demo/command-line.ts';
import { createNarrator, DemoFault } from './demo/narrator.ts';
import { bringIn, type Person } from './demo/people.ts';
import { writeScript } from './demo/script.ts';
import { approve, killInMidRun, node, protectNode, seeTheEnd, showTraces, submit, type Scene } from './demo/story.ts';
import { findPlatform } from './demo/the-platform.ts';
import { tryFileLock } from '#platform/file-lock.ts';

const checkout = dirname(dirname(fileURLToPath(import.meta.url)));
const watched = process.stdout.isTTY === true && process.env['CI'] === undefined;
const colours = process.stdout.isTTY === true && !process.env['NO_COLOR'] && process.env['TERM'] !== 'dumb';
const narrator = createNarrator(process.stdout, { colours, pauseMs: watched ? 2_000 : 0 });
const platform = findPlatform(checkout, narrator);
const startedAt = Date.now();

/** The story on a platform that runs; what it changed for this machine is taken back, however it ends. */
async function tell(ours: boolean): Promise<void> {
  const admin = createCommandLine(checkout, 'admin', {}, narrator);
  const { addresses } = await admin.read<{ addresses: { web: string } }>('status');
  const folder = join(platform.folder.root, 'demo');
  const lock = await tryFileLock(join(platform.folder.root, 'demo.lock'));
  if (lock === undefined) throw new DemoFault('another demo runs on this platform');
  const people: Person[] = [];
  let bound = false;
  let machine = '';
  try {
    await narrator.step('Two people: one who operates, one who approves');
    const context = { checkout, url: addresses.web, admin, narrator };
    const operator = await bringIn('demo-operator', 'ops', context);
    people.push(operator);
    const approver = await bringIn('demo-approver', 'viewer', context);
    people.push(approver);
    if (existsSync(platform.folder.agentName)) machine = readFileSync(platform.folder.agentName, 'utf8').trim();
    rmSync(folder, { recursive: true, force: true });
    const script = writeScript(folder, new Date().toISOString().slice(11, 19).replaceAll(':', ''));
    const scene: Scene = { checkout, narrator, platform, ours, admin, operator, approver, machine, script };
    bound = true;
    await protectNode(scene);
    const ids = await submit(scene);
    await approve(scene, ids.ticketId);
    await killInMidRun(scene);
    await seeTheEnd(scene, ids);
    await showTraces(scene, ids);
  } finally {
    if (bound) {
      narrator.say('');
      narrator.say(`${machine} leaves ${node}, so that it can be used without approvals as before:`);
      await admin.show(['node', 'unbind', node, machine]).catch((error: Error) => narrator.bad(error.message));
    }
    for (const person of people) await person.leave().catch(() => undefined);
    lock.release();
  }
}

async function demo(): Promise<void> {
  narrator.say('Signalbox: a script that needs an approval survives the death of its server.');
  const ours = !platform.runs();
  await narrator.step(ours ? 'Nothing runs here yet: start the platform' : 'The platform runs here already');
  if (ours) await platform.start();
  else narrator.say(`on ${platform.folder.root}; the demo leaves it running`);
  try {
    await tell(ours);
  } finally {
    if (ours && platform.runs()) {
      await narrator.step('The demo started the platform, so it stops it');
      await platform.stop();
      narrator.say('All of it is kept: npm start brings it back, and the links above with it.');
    }
  }
}

process.once('SIGINT', () => {
  narrator.bad(`Interrupted. ${platform.runs() ? 'The platform runs on; npm start -- --stop stops it.' : ''}`);
  process.exit(130);
});

try {
  await demo();
  narrator.say('');
  narrator.good(`All as told, in ${Math.round((Date.now() - startedAt) / 1000)} s.`);
} catch (error) {
  narrator.bad(error instanceof DemoFault ? error.message : ((error as Error).stack ?? String(error)));
  process.exitCode = 1;
}
