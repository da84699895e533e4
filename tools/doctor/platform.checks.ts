import { existsSync, readFileSync } from 'node:fs';
import type { DataFolder } from '#processes/supervisor/data-folder.ts';
import { fail, ok, warn, type Finding } from './check.ts';

const timeoutMs = 3_000;

/** Readiness of one of our own processes, in its own words. */
export async function checkReady(role: string, url: string, folder: DataFolder): Promise<Finding> {
  const check = `${role} ready`;
  try {
    const response = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(timeoutMs) });
    if (response.ok) return ok(check, url);
    return fail(
      check,
      `${response.status} ${(await response.text()).trim().slice(0, 300)}`,
      `See ${folder.log(role)}.`,
    );
  } catch {
    return fail(check, `no answer at ${url}`, `Is it running? See ${folder.log(role)}.`);
  }
}

/** Whether the agent of this machine is connected. */
export async function checkAgents(folder: DataFolder, web: string): Promise<Finding> {
  if (!existsSync(folder.signIn))
    return warn('agents', 'not signed in', `${folder.signIn} is missing; the api writes it at start.`);
  try {
    const { token } = JSON.parse(readFileSync(folder.signIn, 'utf8')) as { token: string };
    const response = await fetch(`${web}/api/v1/status`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (!response.ok) return fail('agents', `the api answered ${response.status}`, `See ${folder.log('api')}.`);
    const { agents } = (await response.json()) as { agents: { online: number; total: number } };
    const found = `${agents.online} of ${agents.total} online`;
    if (agents.online === 0) return fail('agents', found, `See ${folder.log('agent')} and npx signalbox agent list.`);
    return agents.online < agents.total
      ? warn('agents', found, 'npx signalbox agent list shows which one is away.')
      : ok('agents', found);
  } catch (error) {
    return fail('agents', (error as Error).message, 'The api does not answer.');
  }
}
