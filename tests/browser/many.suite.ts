import type { Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Visitor } from '#tests/support/browser.ts';
import { decide } from '#tests/support/tickets.ts';
import { open, settled } from '#tests/support/web-page.ts';
import { addresses } from './addresses.ts';
import { type ManyRows, storeManyRows } from './many-rows.ts';
import { type Pages, visit } from './pages.ts';

/** Goes on to an address within the page, as a link in it does. */
async function goOn(page: Page, address: string): Promise<void> {
  await page.evaluate(`(() => {
    const link = Object.assign(document.createElement('a'), { href: ${JSON.stringify(address)} });
    document.querySelector('#content').append(link);
    link.click();
    link.remove();
  })()`);
  await page.waitForURL(address);
  await settled(page);
}

/** Types into the first filter of the page, where it has one, and takes that back. */
async function filter(page: Page): Promise<void> {
  const box = page.locator('#content').getByRole('searchbox').first();
  if ((await box.count()) === 0 || !(await box.isVisible())) return;
  for (const words of ['11', 'there-is-none', '']) {
    await box.fill(words);
    await box.press('Enter');
    await settled(page);
  }
}

const toTheEnd = `for (const box of document.querySelectorAll('#content, #content [role="grid"]')) box.scrollTop = box.scrollHeight`;
const crashed = /Something went wrong on this page|This part of the page has failed/;

/** Pages whose lists are long: what is filtered, left and come back to is there again, and nothing crashes on the way. */
export const manySuite = (routes: readonly string[]) => (ready: () => Pages) => {
  describe('with many rows', () => {
    let rows: ManyRows;
    let visitor: Visitor;
    beforeAll(async () => {
      rows = await storeManyRows(ready());
      visitor = await visit(ready(), ready().boss);
      await open(visitor.page, '/');
    }, 240_000);
    beforeEach(() => void visitor.faults.splice(0));
    afterAll(() => visitor?.context.close());

    /** What went wrong since it was last asked. */
    async function faults(): Promise<readonly string[]> {
      const shown = (await visitor.page.locator('#content').innerText()).match(crashed);
      return [...(shown ?? []), ...visitor.faults.splice(0)];
    }

    it.each(routes)('%s opens, filters, is left and come back to', async (route) => {
      const { page } = visitor;
      const elsewhere = route === '/account' ? '/' : '/account';
      const found: Record<string, readonly string[]> = {};
      for (const address of addresses[route]?.(rows) ?? []) {
        await goOn(page, address);
        const heading = await page.locator('h1').textContent();
        await page.evaluate(toTheEnd);
        await filter(page);
        const opened = await faults();
        await goOn(page, elsewhere);
        const left = await faults();
        await page.goBack();
        await settled(page);
        const back = await page.locator('h1').textContent();
        const wrong = [...opened, ...left, ...(await faults()), ...(back === heading ? [] : [`came back to ${back}`])];
        if (wrong.length > 0) found[address] = wrong;
      }
      expect(found).toEqual({});
    });

    it('a list that goes on can be filtered to one that does not, and back', async () => {
      const { page } = visitor;
      await goOn(page, '/tasks');
      const list = page.locator('#content').getByRole('row');
      await list.nth(50).waitFor();
      await page.evaluate(toTheEnd);
      await list.nth(100).waitFor();
      const state = page.locator('#content').getByRole('combobox').first();
      for (const [value, length] of [
        ['killed', 0],
        ['awaiting-approval', 51],
        ['', 51],
      ] as const) {
        await state.selectOption(value);
        await expect.poll(() => list.count()).toBeGreaterThanOrEqual(length);
        await settled(page);
      }
      expect(await faults()).toEqual([]);
    });

    it('a diff can be left: for another tab, for another page, and by its ticket that changes while it is read', async () => {
      const { page } = visitor;
      const { platform } = ready();
      const editors = page.locator('.monaco-diff-editor');
      await goOn(page, `/scripts/${rows.script}?tab=compare&from=1`);
      await editors.first().waitFor();
      await page.getByRole('tab', { name: 'Versions' }).click();
      await settled(page);
      expect(await faults()).toEqual([]);
      await page.getByRole('tab', { name: 'Compare' }).click();
      await editors.first().waitFor();
      await goOn(page, '/tasks');
      expect(await faults()).toEqual([]);

      await resubmit('one\ntwo\n');
      await goOn(page, `/inbox?view=to-decide&sel=${rows.ticket}&tab=changes`);
      await editors.first().waitFor();
      await resubmit('one\nthree\n');
      await page.getByRole('button', { name: /version 3/ }).click();
      await page.getByText('three').first().waitFor();
      await settled(page);
      expect(await faults()).toEqual([]);
      await goOn(page, '/tasks');
      expect(await faults()).toEqual([]);

      /** As the requester: everybody reads another version from now on. */
      async function resubmit(script: string): Promise<void> {
        const task = { title: 'To decide', target: { hosts: [ready().guarded.host] }, script };
        const answer = await decide(platform, rows.asker, rows.ticket, 'resubmit', { task });
        expect(answer.status, JSON.stringify(answer.body)).toBe(200);
      }
    });

    it('what crashes in a pane leaves the rest, says so, is in the console, and can be tried again', async () => {
      const { page } = visitor;
      await goOn(page, '/_kit');
      await page.getByRole('button', { name: 'Crash' }).click();
      const pane = page.getByRole('alert').filter({ hasText: 'A crash to look at' });
      await pane.getByText('This part of the page has failed').waitFor();
      expect(await page.locator('h1').count()).toBe(1);
      expect(visitor.faults.splice(0)).toEqual([expect.stringContaining('A crash to look at')]);
      await pane.getByRole('button', { name: 'Try again' }).click();
      await page.getByText('All is well again').waitFor();
      expect(await faults()).toEqual([]);
    });
  });
};
