import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '#tests/support/browser.ts';
import { eventually, report } from '#tests/support/eventually.ts';
import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import { open } from '#tests/support/web-page.ts';
import { type Pages, visit } from './pages.ts';

const hostCount = 10_000;
const lineCount = 20_000;
const hostName = (index: number) => `store-${String(index).padStart(5, '0')}.example`;

const toTheEnd = (scroller: string) => `(() => {
  const box = document.querySelector(${JSON.stringify(scroller)});
  box.scrollTop = box.scrollHeight;
})()`;

/** Lists and logs of any length stay light: only what is in view is in the page. */
export function largeSuite(ready: () => Pages): void {
  describe('large', () => {
    let visitor: Visitor;
    let hosts: string;
    let log: string;

    beforeAll(async () => {
      const { platform, local } = ready();
      const unknown = Array.from({ length: hostCount - 1 }, (_, index) => hostName(index + 1));
      hosts = await submitTask(platform, {
        title: 'Ten thousand',
        target: { hosts: [local, ...unknown] },
        script: 'true',
      });
      log = await submitTask(platform, {
        title: 'Many lines',
        target: { hosts: [local] },
        script: `seq 1 ${lineCount}`,
      });
      await taskEnd(platform, hosts, 120_000);
      await taskEnd(platform, log, 60_000);
      visitor = await visit(ready(), ready().boss);
    }, 240_000);
    afterAll(async () => {
      await visitor?.context.close();
      expect(visitor?.faults).toEqual([]);
    });

    it(`a task with ${hostCount} hosts can be used at once, filtered, and scrolled to its end`, async () => {
      const { page } = visitor;
      const { local } = ready();
      await open(page, '/tasks');
      const since = performance.now();
      await page.goto(`/tasks/${hosts}`);
      const grid = page.getByRole('grid');
      const rows = grid.getByRole('row');
      await rows.filter({ hasText: local }).waitFor();
      const search = page.getByRole('searchbox', { name: 'Name or address' });
      await search.fill('store-09999');
      await rows.filter({ hasText: hostName(9_999) }).waitFor();
      report(`a task with ${hostCount} hosts was filtered after`, since, 'from the first byte of its page');
      expect(await rows.count()).toBe(2);

      await search.fill('');
      await rows.filter({ hasText: local }).waitFor();
      expect(await grid.getAttribute('aria-rowcount')).toBe(String(hostCount + 1));
      const begun = performance.now();
      const last = rows.filter({ hasText: hostName(hostCount - 1) });
      await eventually(
        'the last host is shown',
        async () => {
          await page.evaluate(toTheEnd('main [role="grid"]'));
          return (await last.count()) === 1;
        },
        { withinMs: 60_000, everyMs: 50 },
      );
      report('its last host was reached by scrolling in', begun);
      expect(await rows.count()).toBeLessThan(300);
      expect(await page.locator('*').count()).toBeLessThan(5_000);

      await page
        .getByRole('button', { name: /Succeeded/ })
        .first()
        .click();
      await rows.filter({ hasText: local }).waitFor();
      expect(await rows.count()).toBe(2);
    });

    it('a log keeps few lines in the page, says what was cut, finds words and shows its end', async () => {
      const { page } = visitor;
      await open(page, `/tasks/${log}?pane=host`);
      const lines = page.locator('[data-log-text]');
      await lines.first().waitFor();
      expect(await lines.first().textContent()).toBe('1');
      expect(await lines.count()).toBeLessThan(300);
      await page.getByRole('status').filter({ hasText: /KiB/ }).waitFor();
      await page
        .getByRole('searchbox', { name: /[Ff]ind|[Ss]earch/ })
        .last()
        .fill(String(lineCount));
      await lines.getByText(String(lineCount), { exact: true }).waitFor();
      expect(await lines.count()).toBeLessThan(300);
      await page.evaluate(toTheEnd('.log [role="region"]'));
      await expect.poll(() => lines.last().textContent()).toBe(String(lineCount));
      expect(await lines.count()).toBeLessThan(300);
    });
  });
}
