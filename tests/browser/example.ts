import type { NodeDetail } from '#api/tree/tree.contract.ts';
import type { ScriptDetail } from '#api/scripts/scripts.contract.ts';
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
    webhook: webhook.name,
  };
}
