import { expect } from 'vitest';
import type { ScheduleDetail } from '#api/schedules/schedules.contract.ts';
import { open } from '#tests/support/web-page.ts';
import { type Pages, visit } from './pages.ts';

/** A schedule from the form to the task that it started, held and edited by two people at once. */
export async function scheduleStory(pages: Pages): Promise<void> {
  const { context, page, faults } = await visit(pages, pages.mate);
  await open(page, '/schedules/new');
  await page.getByRole('button', { name: 'Create schedule' }).click();
  await page.getByText('Say when it fires').waitFor();
  await page.getByRole('textbox', { name: /^Name/ }).and(page.locator(':focus')).fill('story-schedule');
  const cron = page.getByRole('textbox', { name: /^Cron expression/ });
  await cron.fill('0 0 30 2 *');
  await page.getByText('There is no such day: it would never fire.').waitFor();
  await cron.fill('30 3 29 2 *');
  await page.getByRole('combobox', { name: /^Time zone/ }).fill('Asia/Shanghai');
  const times = page.getByRole('table', { name: 'The next ten times' });
  await times
    .getByText(/-02-29 03:30/)
    .first()
    .waitFor();
  expect(await times.getByRole('row').count()).toBe(11);
  await page.getByRole('tab', { name: 'One command' }).click();
  await page.getByRole('textbox', { name: /^Command/ }).fill('echo "on time"');
  await page.getByRole('tab', { name: 'Pasted' }).click();
  await page.getByRole('textbox', { name: /^Names or addresses/ }).fill(pages.local);
  await page.getByRole('button', { name: 'Create schedule' }).click();
  await page.getByRole('heading', { level: 1, name: 'story-schedule' }).waitFor();
  const id = new URL(page.url()).pathname.split('/').at(-1) ?? '';

  await page.getByRole('button', { name: 'Run now…' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Run now' }).click();
  const firing = page.getByRole('row').filter({ hasText: 'by hand' });
  await firing.getByText('Succeeded').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await page.getByText('It is paused: nothing fires until somebody continues it.').waitFor();
  await page.getByRole('button', { name: 'Continue', exact: true }).click();
  await page.getByRole('button', { name: 'Pause', exact: true }).waitFor();

  await page.getByRole('link', { name: 'Edit', exact: true }).click();
  await page.getByRole('textbox', { name: /^Description/ }).fill('mine');
  const { api } = pages.platform;
  const path = `/api/v1/schedules/${id}`;
  const { name, version } = await api.get<ScheduleDetail>(path);
  const task = { target: { hosts: [pages.local] }, command: ['echo', 'theirs'] };
  const edit = await api.request('PUT', path, { body: { name, version, cron: '0 4 29 2 *', task } });
  expect(edit.status).toBe(200);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const told = page.getByRole('alert').filter({ hasText: 'saved version' });
  await told.getByText(/“Cron expression”/).waitFor();
  await told.getByRole('button', { name: 'Save mine over it' }).click();
  await page.getByText('mine', { exact: true }).waitFor();
  const { payload, cron: kept, owner } = await api.get<ScheduleDetail>(path);
  expect({ kept, owner }).toEqual({ kept: '30 3 29 2 *', owner: pages.mate.name });
  expect(payload).toMatchObject({ payload: { command: ['echo', 'on time'] }, target: { hosts: [pages.local] } });

  await page.getByRole('button', { name: 'More actions' }).click();
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox').fill('story-schedule');
  await dialog.getByRole('button', { name: 'Delete schedule' }).click();
  await page.waitForURL('**/schedules');
  expect(faults).toEqual([]);
  await context.close();
}
