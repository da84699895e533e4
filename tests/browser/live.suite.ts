import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { signInAs, type Visitor } from '#tests/support/browser.ts';
import { eventually, report } from '#tests/support/eventually.ts';
import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import { createPerson, submitForApproval } from '#tests/support/tickets.ts';
import { open } from '#tests/support/web-page.ts';
import type { SignedIn } from '#tests/support/web-session.ts';
import { type Pages, visit } from './pages.ts';

/** What happens anywhere is seen everywhere, without a reload, whatever breaks in between. */
export function liveSuite(ready: () => Pages): void {
  describe('live', () => {
    const visitors: Visitor[] = [];
    afterEach(async () => {
      const all = visitors.splice(0);
      for (const { context } of all) await context.close();
      expect(all.flatMap(({ faults }) => faults)).toEqual([]);
    });

    async function come(who: SignedIn | undefined): Promise<Visitor> {
      const visitor = await visit(ready(), who);
      visitors.push(visitor);
      return visitor;
    }

    /** A page on the list of tasks, live; it would forget the mark if it were loaded again. */
    async function watchTasks(page: Page): Promise<Page> {
      await open(page, '/tasks');
      await isLive(page);
      await page.evaluate('void (window.__mark = true)');
      return page;
    }
    const isKept = (page: Page) => page.evaluate<boolean>('window.__mark === true');
    const isLive = (page: Page) => page.getByRole('status').getByText('Live', { exact: true }).waitFor();
    const run = (title: string, command = 'true') =>
      submitTask(ready().platform, { title, target: { hosts: [ready().local] }, script: command });
    const row = (page: Page, title: string, state: string) =>
      page.getByRole('row').filter({ hasText: title }).filter({ hasText: state });
    const seen = (page: Page, title: string, state = 'Succeeded') =>
      row(page, title, state).waitFor({ timeout: 30_000 });

    it('a task appears and ends in all tabs of all people', async () => {
      const mine = await come(ready().boss);
      const theirs = await come(ready().mate);
      const tabs = [mine.page, await mine.context.newPage(), theirs.page];
      for (const page of tabs) await watchTasks(page);
      const task = await run('Seen by everybody', 'sleep 2');
      await Promise.all(tabs.map((page) => row(page, 'Seen by everybody', 'Running').waitFor()));
      await taskEnd(ready().platform, task, 30_000);
      const since = performance.now();
      await Promise.all(tabs.map((page) => seen(page, 'Seen by everybody')));
      report('the end of a task was seen in all tabs after', since);
      expect(await Promise.all(tabs.map(isKept))).toEqual([true, true, true]);
    });

    it('without a network it says so, and catches up by itself when there is one', async () => {
      const { page, context } = await come(ready().boss);
      await watchTasks(page);
      await context.setOffline(true);
      await page.getByRole('alert').filter({ hasText: 'may be out of date' }).waitFor();
      const task = await run('Ended while the network was away');
      await taskEnd(ready().platform, task, 30_000);
      await page.waitForTimeout(2_000);
      expect(await page.getByText('Ended while the network was away').count()).toBe(0);
      await context.setOffline(false);
      await seen(page, 'Ended while the network was away');
      await page.getByRole('alert').filter({ hasText: 'may be out of date' }).waitFor({ state: 'detached' });
      await isLive(page);
      expect(await isKept(page)).toBe(true);
    });

    it('the api is killed: it says that it reconnects, and catches up by itself', async () => {
      const { page } = await come(ready().boss);
      const { platform } = ready();
      await watchTasks(page);
      const away = join(platform.folder, 'the-api-is-away');
      const task = await run('Ended while the api was away', `until [ -e '${away}' ]; do sleep 0.1; done`);
      await row(page, 'Ended while the api was away', 'Running').waitFor();
      await page.evaluate(recordStates);
      const since = performance.now();
      platform.kill('api');
      writeFileSync(away, '');
      await eventually(
        'the page says that it is not connected',
        async () =>
          (await page.evaluate<string[]>('window.__states')).find((state) => /^(Reconnecting|Offline)/.test(state)),
        { withinMs: 30_000, everyMs: 100 },
      );
      await eventually('the api is back', () => taskEnd(platform, task, 1_000), { withinMs: 60_000 });
      await seen(page, 'Ended while the api was away');
      await isLive(page);
      report('the page had caught up after', since, (await page.evaluate<string[]>('window.__states')).join(' → '));
      const later = await run('Runs after the api was away');
      await seen(page, 'Runs after the api was away');
      await taskEnd(platform, later, 30_000);
      expect(await isKept(page)).toBe(true);
    });

    it('eight tabs of one browser share one stream, and are all told', async () => {
      // Browsers of other tests may still be open.
      const others = await openStreams();
      const { page, context } = await come(ready().boss);
      const tabs = [page];
      while (tabs.length < 8) tabs.push(await context.newPage());
      for (const [index, tab] of tabs.entries()) {
        if (index % 2 === 0) await watchTasks(tab);
        else await open(tab, ['/inbox', '/agents', '/tree', '/'][(index - 1) / 2] ?? '/');
      }
      expect(await openStreams()).toBe(others + 1);
      const task = await run('Told over one stream');
      await taskEnd(ready().platform, task, 30_000);
      await Promise.all(tabs.filter((_, index) => index % 2 === 0).map((tab) => seen(tab, 'Told over one stream')));
      expect(await openStreams()).toBe(others + 1);
      for (const tab of tabs.slice(1)) await tab.close();
      const another = await run('Told to the last tab');
      await taskEnd(ready().platform, another, 30_000);
      await seen(page, 'Told to the last tab');
      expect(await openStreams()).toBe(others + 1);
    });

    /** Streams of events that the api holds open, as its metrics say, once they stay so: one may outlive the next by a second. */
    async function openStreams(): Promise<number> {
      const counts: number[] = [];
      await eventually(
        'as many streams as before are open',
        async () => {
          const text = await ready().platform.api.get<string>('/metrics');
          counts.push(Number(/^signalbox_event_streams(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1] ?? Number.NaN));
          return counts.length >= 4 && new Set(counts.slice(-4)).size === 1;
        },
        { withinMs: 20_000, everyMs: 700 },
      );
      return counts.at(-1) ?? Number.NaN;
    }

    it('a hidden tab asks for nothing, and catches up when it is looked at', async () => {
      const { page, context } = await come(ready().boss);
      await watchTasks(page);
      const other = await watchTasks(await context.newPage());
      await hide(page, true);
      const asked: string[] = [];
      page.on('request', (request) => asked.push(new URL(request.url()).pathname));
      await taskEnd(ready().platform, await run('Ended unseen'), 30_000);
      await seen(other, 'Ended unseen');
      await page.waitForTimeout(2_000);
      expect(asked.filter((path) => path.startsWith('/api/v1/'))).toEqual([]);
      expect(await page.getByText('Ended unseen').count()).toBe(0);
      await hide(page, false);
      await seen(page, 'Ended unseen');
      expect(await isKept(page)).toBe(true);
    });

    it('a session ends: one signs in again on the page, and nothing that was written is lost', async () => {
      const { platform, origin, mate, guarded } = ready();
      const asker = await createPerson(platform, 'expiry-asker', 'ops');
      const target = { hosts: [guarded.host] };
      const { ticketId } = await submitForApproval(platform, asker, { title: 'Waits', target, script: 'true' });
      const { page, context } = await come(undefined);
      await signInAs(page, mate.name, mate.password);
      await open(page, `/tickets/${ticketId}?tab=story`);
      const comment = page.getByRole('textbox', { name: 'Comment' });
      await comment.fill('Is the shop closed then?');
      const desk = await context.newPage();
      await open(desk, '/tasks/new');
      const title = desk.getByRole('textbox', { name: 'Title' });
      await title.fill('Half written');
      await desk.locator('.monaco-editor').first().click();
      await desk.keyboard.type('echo not lost');

      const cookie = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
      const headers = { 'content-type': 'application/json', origin, cookie };
      const left = await fetch(new URL('/api/auth/sign-out', origin), { method: 'POST', headers, body: '{}' });
      expect(left.ok).toBe(true);

      for (const tab of [page, desk]) await tab.getByRole('dialog').getByText('session').first().waitFor();
      const dialog = page.getByRole('dialog');
      await dialog.locator('input[type="password"]').fill('not this one');
      await dialog.locator('button[type="submit"]').click();
      await dialog.getByRole('alert').waitFor();
      await dialog.locator('input[type="password"]').fill(mate.password);
      await dialog.locator('button[type="submit"]').click();
      await dialog.waitFor({ state: 'detached' });
      expect(await comment.inputValue()).toBe('Is the shop closed then?');
      await page.getByRole('main').getByRole('button', { name: 'Comment' }).first().click();
      await page.getByRole('listitem').filter({ hasText: 'Is the shop closed then?' }).waitFor();

      await desk.bringToFront();
      await desk.evaluate(`document.dispatchEvent(new Event('visibilitychange'))`);
      await desk.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await title.inputValue()).toBe('Half written');
      expect((await desk.locator('.monaco-editor .view-lines').first().textContent())?.replaceAll('\u00a0', ' ')).toBe(
        'echo not lost',
      );
    });
  });
}

/** Writes down what the page says of its connection from now on, however short. */
const recordStates = `(() => {
  const status = [...document.querySelectorAll('header [role="status"]')].find((one) => one.textContent.trim() === 'Live');
  window.__states = ['Live'];
  const look = () => {
    const now = status.textContent.trim();
    if (now !== window.__states.at(-1)) window.__states.push(now);
  };
  new MutationObserver(look).observe(status, { childList: true, subtree: true, characterData: true });
})()`;

/** As when another tab is in front: headless browsers show all of theirs at once. */
async function hide(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate(`(() => {
    Object.defineProperty(document, 'hidden', { configurable: true, get: () => ${hidden} });
    Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => '${hidden ? 'hidden' : 'visible'}' });
    document.dispatchEvent(new Event('visibilitychange'));
  })()`);
}
