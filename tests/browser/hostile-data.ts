import type { ScheduleDetail } from '#api/schedules/schedules.contract.ts';
import type { ScriptDetail } from '#api/scripts/scripts.contract.ts';
import type { NodeDetail } from '#api/tree/tree.contract.ts';
import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import { createPerson, decide, submitForApproval } from '#tests/support/tickets.ts';
import { hostileHosts, hostileMarkup, hostileOutput, hostileShapes } from './hostile-texts.ts';
import type { Pages } from './pages.ts';

/** Where the hostile texts are kept, by the ids in addresses. */
export interface HostileData {
  /** Printed them all on both streams. */
  readonly printer: string;
  /** Has them for hosts. */
  readonly hosts: string;
  /** The texts that are titles of tasks. */
  readonly titles: readonly string[];
  readonly node: string;
  readonly script: string;
  readonly schedule: string;
  /** Waits for its approval; its comments are hostile, too. */
  readonly ticket: string;
  readonly ticketTitle: string;
  readonly withdrawn: string;
  readonly webhooks: readonly string[];
  readonly tokenNames: readonly string[];
}

/** Names that a path in the tree may have, and that are more than names to some programs. */
const nodeNames = ['constructor', 'toString', 'hasOwnProperty', 'w'.repeat(63), 'שלום', '工单', 'ﷺﷺﷺ'];

const longest = (texts: readonly string[], length: number) =>
  texts.reduce((all, text) => (all.length + text.length < length ? `${all}${text}\n` : all), '').trim();

/** Puts the hostile texts wherever the api takes a text. */
export async function storeHostileTexts(pages: Pages): Promise<HostileData> {
  const { platform, local, guarded, boss, origin } = pages;
  const { api } = platform;
  const plain = [...hostileMarkup, ...hostileShapes];
  const printed = [...plain, ...hostileOutput.map(({ written }) => written)].join('\n');
  const script = `cat <<'END-OF-TEXT'\n${printed}\nEND-OF-TEXT\ncat >&2 <<'END-OF-TEXT'\n${printed}\nEND-OF-TEXT\n`;
  const args = hostileMarkup.slice(0, 20);
  const env = Object.fromEntries(hostileMarkup.map((text, index) => [`TEXT_${index}`, text]));

  const printer = await submitTask(platform, { target: { hosts: [local] }, script, args, env });
  const hosts = await submitTask(platform, { target: { hosts: [local, ...hostileHosts] }, command: ['true'] });
  const titles = hostileMarkup.filter((_, index) => index % 4 === 1).map((text) => text.slice(0, 200));
  for (const title of titles) await submitTask(platform, { title, target: { hosts: [local] }, command: ['true'] });
  await taskEnd(platform, printer, 60_000);
  await taskEnd(platform, hosts, 60_000);

  const description = longest(hostileMarkup, 1_900);
  for (const name of nodeNames) await api.post('/api/v1/nodes', { path: `hostile.${name}`, description: plain[9] });
  const node = await api.post<NodeDetail>('/api/v1/nodes', { path: 'hostile.described', description });
  await api.post('/api/v1/nodes/hostile.described/bind', { machines: [local] });

  const first = { name: 'constructor', language: 'shell', content: script, description, note: hostileMarkup[9] };
  const { id } = await api.post<ScriptDetail>('/api/v1/scripts', first);
  const second = { baseVersion: 1, content: `${plain.toReversed().join('\n')}\n`, note: longest(hostileMarkup, 490) };
  await api.post(`/api/v1/scripts/${id}/versions`, second);

  const schedule = await api.post<ScheduleDetail>('/api/v1/schedules', {
    name: 'constructor',
    cron: '0 0 29 2 *',
    description: longest(hostileMarkup, 490),
    task: { title: hostileMarkup[9], target: { node: 'hostile.described' }, script, args, env },
  });

  const asker = await createPerson(platform, 'hostile-asker', 'ops');
  const target = { hosts: [guarded.host, ...hostileHosts] };
  const ticketTitle = hostileMarkup[9] ?? '';
  const { ticketId } = await submitForApproval(platform, asker, { title: ticketTitle, target, script, args, env });
  const comments = [...hostileMarkup.slice(9, 12), longest(plain, 3_900), longest(plain.toReversed(), 3_900)];
  for (const message of comments) {
    const { status } = await decide(platform, asker, ticketId, 'comment', { message });
    if (status >= 300) throw new Error(`comment: ${status}`);
  }
  const taken = await submitForApproval(platform, asker, { title: hostileMarkup[13] ?? '', target, script: 'true' });
  await decide(platform, asker, taken.ticketId, 'withdraw', { message: longest(plain, 3_900) });

  const webhooks: string[] = [];
  for (const [index, text] of hostileMarkup.entries()) {
    const body = { name: `hook-${String(index).padStart(2, '0')}`, url: `https://hooks.invalid/?q=${text}` };
    const { status } = await api.request('POST', '/api/v1/webhooks', { body });
    if (status === 201) webhooks.push(body.url);
    else if (status !== 422) throw new Error(`webhook: ${status}`);
  }
  const tokenNames = hostileMarkup.filter((text) => text.length <= 64).slice(0, 12);
  for (const name of tokenNames) await createToken(origin, boss.cookies, name);
  return {
    printer,
    hosts,
    titles,
    node: node.id,
    script: id,
    schedule: schedule.id,
    ticket: ticketId,
    ticketTitle,
    withdrawn: taken.ticketId,
    webhooks,
    tokenNames,
  };
}

/** A token of one's own, as the account page makes it. */
async function createToken(origin: string, cookies: Pages['boss']['cookies'], name: string): Promise<void> {
  const answer = await fetch(new URL('/api/v1/tokens', origin), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      origin,
      cookie: cookies.map(({ name: cookie, value }) => `${cookie}=${value}`).join('; '),
    },
    body: JSON.stringify({ name }),
  });
  if (!answer.ok) throw new Error(`token: ${answer.status} ${await answer.text()}`);
}
