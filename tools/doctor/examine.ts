import { existsSync } from 'node:fs';
import { dataFolder } from '#processes/supervisor/data-folder.ts';
import { defaultPorts, readPorts } from '#processes/supervisor/ports.ts';
import { databaseUrl } from '#processes/supervisor/postgres-cluster.ts';
import { reachableHost, readStartSettings } from '#processes/supervisor/start-settings.ts';
import { labParts } from '../lab/parts.ts';
import { fail, type Env, type Finding } from './check.ts';
import { checkPorts, checkProcesses, checkRights } from './data-folder.checks.ts';
import { checkLab } from './lab.checks.ts';
import { checkMachine } from './machine.checks.ts';
import { checkAgents, checkReady } from './platform.checks.ts';
import { checkPostgres, checkTemporal } from './servers.checks.ts';

/** Looks at everything that a platform on this machine needs, from the ground up; changes nothing. */
export async function examine(env: Env, checkout: string): Promise<Finding[]> {
  let settings;
  try {
    settings = readStartSettings(env, checkout);
  } catch (error) {
    return [fail('settings', (error as Error).message, 'Correct the named settings.')];
  }
  const folder = dataFolder(settings.dataFolder);
  const machine = await checkMachine(env, folder.root);
  const { findings: processes, running } = await checkProcesses(folder);
  const lab = await checkLab(labParts, folder.root, env);
  const findings = [...machine, ...lab, ...processes];
  if (!existsSync(folder.lock)) return findings;
  findings.push(checkRights(folder), ...(await checkPorts(folder, running)));
  if (!running) return findings;

  const ports = readPorts(folder.ports) ?? defaultPorts;
  const at = (name: 'web' | 'workerAdmin' | 'gatewayAdmin') =>
    `http://${reachableHost(settings.hosts[name])}:${ports[name]}`;
  const servers = await Promise.all([
    checkPostgres(settings.databaseUrl ?? databaseUrl(folder, ports.postgres)),
    checkTemporal(
      settings.temporalAddress ?? `127.0.0.1:${ports.temporal}`,
      env['SIGNALBOX_TEMPORAL_NAMESPACE'] || 'default',
    ),
    Promise.all([
      checkReady('api', at('web'), folder),
      checkReady('worker', at('workerAdmin'), folder),
      checkReady('gateway', at('gatewayAdmin'), folder),
    ]),
  ]);
  return [...findings, ...servers.flat(), await checkAgents(folder, at('web'))];
}
