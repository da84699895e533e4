import { sql } from 'kysely';
import type { ScriptDetail } from '#api/scripts/scripts.contract.ts';
import type { NodeDetail } from '#api/tree/tree.contract.ts';
import type { Platform } from '#tests/support/platform.ts';
import { submitTask } from '#tests/support/tasks.ts';
import { createPerson, decide, type Person, submitForApproval } from '#tests/support/tickets.ts';
import { type Example, storeMissed } from './example.ts';
import type { Pages } from './pages.ts';

/** More than two pages of every list. */
const each = Array.from({ length: 120 }, (_, index) => String(index).padStart(3, '0'));

/** Calls are made side by side: what is stored counts, not the way there. */
async function forEach(names: readonly string[], store: (name: string) => Promise<unknown>): Promise<void> {
  const left = [...names];
  const work = async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await store(name);
  };
  await Promise.all(Array.from({ length: 8 }, work));
}

/** Of what has a page, one that has many of something itself. */
export interface ManyRows extends Example {
  /** Whoever asks for the tickets. */
  readonly asker: Person;
}

/** Stores many rows of everything that a list shows. */
export async function storeManyRows(pages: Pages): Promise<ManyRows> {
  const { platform, boss, local, guarded } = pages;
  const { api } = platform;
  const asker = await createPerson(platform, 'many-asker', 'ops');
  const node = await api.post<NodeDetail>('/api/v1/nodes', { path: 'many' });
  await storeMachines(platform);
  await forEach(each, (name) => api.post('/api/v1/nodes', { path: `many.child-${name}` }));
  await api.post('/api/v1/nodes/many/bind', { machines: each.map((name) => `machine-${name}`) });
  await forEach(each, async (name) => {
    await api.post('/api/v1/users', { name: `user-${name}`, role: 'viewer' });
    const grant = { body: { role: 'viewer' } };
    const granted = await api.request('PUT', `/api/v1/nodes/many/grants/user-${name}`, grant);
    if (granted.status >= 300) throw new Error(`grant: ${granted.status} ${JSON.stringify(granted.body)}`);
  });
  await forEach(each, (name) => api.post(`/api/v1/users/${boss.name}/tokens`, { name: `token-${name}` }));
  const script = await storeScripts(platform);
  const schedule = await storeSchedules(platform, node.path);

  const gone = each.map((name) => `gone-${name}.example`);
  const task = await submitTask(platform, {
    title: 'Many hosts',
    target: { hosts: [local, ...gone] },
    command: ['true'],
  });
  await forEach(each, (name) =>
    submitForApproval(platform, asker, {
      title: `Ticket ${name}`,
      target: { hosts: [guarded.host] },
      script: `echo ${name}\n`,
    }),
  );
  const { taskId: waitingTask, ticketId: ticket } = await submitForApproval(platform, asker, {
    title: 'Many hosts, to decide',
    target: { hosts: [guarded.host, ...gone] },
    script: 'true\n',
  });
  await forEach(each, (message) => decide(platform, asker, ticket, 'comment', { message }));
  await forEach(each, (name) =>
    api.post('/api/v1/webhooks', { name: `hook-${name}`, url: 'https://hooks.invalid/', kinds: ['ticket.timed-out'] }),
  );
  await storeDeliveries(platform, 'hook-000');
  return { node: node.id, nodeName: 'many', script, task, waitingTask, ticket, schedule, webhook: 'hook-000', asker };
}

/** A script of many versions among many. */
async function storeScripts({ api }: Platform): Promise<string> {
  const content = (name: string) => `echo ${name}\n`;
  await forEach(each, (name) =>
    api.post('/api/v1/scripts', { name: `script-${name}`, language: 'shell', content: content(name) }),
  );
  const { id } = await api.get<ScriptDetail>('/api/v1/scripts/script-000');
  for (const [index, name] of each.slice(1).entries()) {
    await api.post(`/api/v1/scripts/${id}/versions`, { baseVersion: index + 1, content: content(name), note: '' });
  }
  return id;
}

/** A schedule of many firings among many; none is due while the tests run. */
async function storeSchedules(platform: Platform, node: string): Promise<string> {
  const task = { target: { node }, command: ['true'] };
  await forEach(each, (name) =>
    platform.api.post('/api/v1/schedules', { name: `schedule-${name}`, cron: '0 0 29 2 *', task }),
  );
  const { items } = await platform.api.get<{ items: { id: string }[] }>('/api/v1/schedules?name=schedule-000');
  const [first] = items;
  if (first === undefined) throw new Error('there is no schedule-000');
  await storeMissed(platform, first.id, each.length);
  return first.id;
}

/** Machines with agents that are away: so many real ones do not fit on this machine. */
async function storeMachines({ database: { db } }: Platform): Promise<void> {
  const machines = each.map((name) => ({
    id: crypto.randomUUID(),
    name: `machine-${name}`,
    identity: crypto.randomUUID(),
  }));
  await db.insertInto('machine').values(machines).execute();
  await db
    .insertInto('agent')
    .values(
      machines.map(({ id, name }) => ({
        id: crypto.randomUUID(),
        machine_id: id,
        name,
        serial: id,
        public_key_sha256: id,
        certificate_expires_at: new Date(Date.now() + 86_400_000),
      })),
    )
    .execute();
}

/** Deliveries to a webhook that were given up: what was announced went to nobody so far. */
async function storeDeliveries({ database: { db } }: Platform, webhook: string): Promise<void> {
  await sql`insert into delivery (id, channel, recipient, announcement_id, state)
    select gen_random_uuid(), 'webhook', w.id::text, a.id, 'given-up' from webhook w, announcement a where w.name = ${webhook}`.execute(
    db,
  );
}
