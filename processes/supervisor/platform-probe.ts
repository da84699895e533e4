import { readFileSync } from 'node:fs';
import type { DataFolder } from './data-folder.ts';

/** Whether the api lists the agent `name` as online; asked as the command line of this machine, by its sign-in file. */
export async function localAgentOnline(folder: DataFolder, web: string, name: string): Promise<boolean> {
  const { token } = JSON.parse(readFileSync(folder.signIn, 'utf8')) as { token: string };
  const response = await fetch(`${web}/api/v1/agents?state=online&q=${encodeURIComponent(name)}`, {
    headers: { authorization: `Bearer ${token}` },
    signal: AbortSignal.timeout(2_000),
  });
  if (!response.ok) return false;
  const { items } = (await response.json()) as { items: { name: string }[] };
  return items.some((agent) => agent.name === name);
}
