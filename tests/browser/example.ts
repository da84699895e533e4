import { sql } from 'kysely';
import type { NodeDetail } from '#api/tree/tree.contract.ts';
import type { ScheduleDetail } from '#api/schedules/schedules.contract.ts';
import type { ScriptDetail } from '#api/scripts/scripts.contract.ts';
import type { Platform } from '#tests/support/platform.ts';
import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import { createPerson, submitForApproval } from '#tests/support/tickets.ts';
import type { Pages } from './pages.ts';

/** One of everything that has a page, by the ids in addresses. */
export interface Example {
  readonly node: string;
  /** Its full name. */
  readonly nodeName: string;
  readonly script: string;
  /** Ended, with hosts that succeeded and failed. */
  readonly task: string;
  readonly waitingTask: string;
  readonly ticket: string;
  /** Has been fired by hand, and has missed a time. */
  readonly schedule: string;
  readonly webhook: string;
}

const text = `#!/bin/bash
# Says how full the disks are.
set -eu
limit=80
echo -e "\\033[32mall is well\\033[0m on $(hostname)"
echo "disk is filling up" >&2
`;
/** Takes away, changes and adds words of every colour that an editor has. */
const changed = text.replace('# Says', '# Shows').replace('limit=80', 'if [ 90 -gt 80 ]; then df -h "$HOME"; fi');

/** Fills a platform with one of everything, so that no page is empty. */
export async function createExample(pages: Pages): Promise<Example> {
  const { platform, local, guarded } = pages;
  const { api } = platform;
  const node = await api.post<NodeDetail>('/api/v1/nodes', {
    path: 'example.shop.web',
    icon: 'service',
    description: 'What customers see',
  });
  await api.post('/api/v1/nodes', { path: 'example.shop.db', icon: 'database' });
  await api.post('/api/v1/nodes/example.shop.web/bind', { machines: [local] });
  const script = await api.post<ScriptDetail>('/api/v1/scripts', {
    name: 'check-disk',
    language: 'shell',
    content: text,
    description: 'Says how full the disks are',
  });
  const second = { baseVersion: 1, content: changed, note: 'shows the root disk' };
  await api.post(`/api/v1/scripts/${script.id}/versions`, second);
  const task = await submitTask(platform, {
    title: 'Check the disks of the shop',
    target: { hosts: [local, 'gone-1.example', 'gone-2.example'] },
    script: text,
    args: ['--all'],
    env: { LEVEL: 'full' },
  });
  await taskEnd(platform, task, 60_000);
  const asker = await createPerson(platform, 'example-asker', 'ops');
  const { taskId, ticketId } = await submitForApproval(platform, asker, {
    title: 'Restart the tills',
    target: { hosts: [guarded.host] },
    script: text,
  });
  const schedule = await createSchedule(platform, node.path);
  const webhook = await api.post<{ name: string }>('/api/v1/webhooks', {
    name: 'chat',
    url: 'https://chat.example.invalid/hooks/1',
  });
  await api.post('/api/v1/tokens', { name: 'laptop' });
  return {
    node: node.id,
    nodeName: node.path,
    script: script.id,
    task,
    waitingTask: taskId,
    ticket: ticketId,
    schedule,
    webhook: webhook.name,
  };
}

async function createSchedule(platform: Platform, node: string): Promise<string> {
  const { id } = await platform.api.post<ScheduleDetail>('/api/v1/schedules', {
    name: 'nightly-check',
    cron: '30 3 * * 1-5',
    zone: 'Asia/Shanghai',
    description: 'Says each night how full the disks are',
    task: { target: { node }, script: text, args: ['--all'], env: { LEVEL: 'full' } },
  });
  await platform.api.post(`/api/v1/schedules/${id}/run-now`, {});
  await storeMissed(platform, id, 1);
  return id;
}

/** Firings that nobody was there for, one a day. */
export async function storeMissed({ database: { db } }: Platform, schedule: string, days: number): Promise<void> {
  await sql`insert into firing (schedule_id, due_at, state, proposer_id, reason, decided_at)
    select id, ledger_now() - day * interval '1 day', 'missed', owner_id,
      jsonb_build_object('code', 'too-late', 'params', jsonb_build_object('due', ledger_now() - day * interval '1 day')), ledger_now()
    from schedule, generate_series(1, ${days}::int) as day where id = ${schedule}`.execute(db);
}
