import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import { createPerson, decide, type Person, setPolicy, submitForApproval } from '#tests/support/tickets.ts';
import type { Platform } from '#tests/support/platform.ts';
import type { ExampleCompany } from './example-company.ts';
import { createWebPerson, type WebPerson } from '#tests/support/web-people.ts';

const compressLogs = `#!/bin/bash
# Compresses the logs of the last week.
set -euo pipefail
host=$(hostname)
printf '\\e[1m%s\\e[0m: logs of the last week\\n' "$host"
for day in 7 6 5 4 3 2 1; do
  if [[ $host == web-04 && $day == 3 ]]; then
    printf '\\e[31merror:\\e[0m \\e[1mNo space left on device\\e[0m (100 %% used)\\n'
    printf 'access-3.log stays as it is; nothing was deleted\\n'
    exit 28
  fi
  [[ $host == web-06 && $day == 5 ]] && sleep 60
  printf '  access-%s.log  %4s MiB \\e[32m→ %3s MiB\\e[0m\\n' "$day" $((400 + day * 37)) $((38 + day * 3))
  sleep 0.1
done
printf '\\e[32mdone\\e[0m, 7 files\\n'
`;

const switchPayments = `#!/bin/bash
# Switches the checkout to the second payment provider, one host after the other.
set -euo pipefail

config=/etc/checkout/payments.yaml
cp --archive "$config" "$config.before-switch"
sed -i 's/^provider: .*/provider: northpay/' "$config"

checkout-ctl verify --config "$config"
systemctl reload checkout
checkout-ctl wait-healthy --timeout 60s || {
  mv "$config.before-switch" "$config"
  systemctl reload checkout
  exit 1
}
`;

/** What the pictures show, by ids. */
export interface ExampleWork {
  /** Ended with mixed results. */
  readonly task: string;
  /** Waits for `approver`. */
  readonly ticket: string;
  readonly approver: WebPerson;
}

/** Some days of work of three people: tasks that ran, and what waits for an approval. */
export async function doWork(platform: Platform, company: ExampleCompany): Promise<ExampleWork> {
  const alice = await createPerson(platform, 'alice', 'ops');
  const carol = await createPerson(platform, 'carol', 'ops');
  const bruno = await createWebPerson(platform, 'bruno', 'ops');
  const any = (...names: string[]) => ({ approvers: names.map((user) => ({ type: 'user' as const, user })) });
  await setPolicy(platform, 'shop.checkout', {
    mode: 'ticket',
    steps: [any('carol'), any('bruno')],
  });
  await setPolicy(platform, 'shop.orders', { mode: 'ticket', steps: [any('bruno')] });

  const library = { name: 'compress-logs', language: 'shell', content: compressLogs };
  await platform.api.post('/api/v1/scripts', { ...library, description: 'Compresses the logs of the last week' });
  // One more than there are: somebody has switched it off.
  const hosts = [...(company.machines['shop.web.live'] ?? []), 'web-13'];
  const task = await submitAs(platform, alice, {
    title: 'Compress the logs of the shop',
    target: { hosts },
    script: compressLogs,
    timeout: '4s',
    strategy: { concurrency: 4 },
  });
  await taskEnd(platform, task, 120_000);
  await taskEnd(platform, await submitTask(platform, { target: { node: 'shop.web' }, command: ['uptime'] }), 60_000);

  const till = { target: { node: 'shop.checkout' } };
  await submitForApproval(platform, carol, {
    title: 'Reindex the orders',
    target: { node: 'shop.orders' },
    command: ['reindexdb', '--all'],
  });
  const restart = { title: 'Restart the checkout', ...till, command: ['systemctl', 'restart', 'checkout'] };
  await submitForApproval(platform, alice, restart);
  const { ticketId } = await submitForApproval(platform, alice, {
    title: 'Switch the checkout to the second payment provider',
    ...till,
    script: switchPayments,
    runAs: 'root',
    timeout: '5m',
    strategy: { concurrency: 1, onError: 'stop' },
  });
  const message = 'Northpay has confirmed the switch for today.';
  await decide(platform, carol, ticketId, 'approve', { message });
  return { task, ticket: ticketId, approver: bruno };
}

async function submitAs(platform: Platform, who: Person, input: Parameters<typeof submitTask>[1]): Promise<string> {
  const { id } = await platform.api.post<{ id: string }>('/api/v1/tasks', input, { token: who.token });
  return id;
}
