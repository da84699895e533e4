import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Visitor } from '#tests/support/browser.ts';
import { open, settled, textsByScrolling } from '#tests/support/web-page.ts';
import { type HostileData, storeHostileTexts } from './hostile-data.ts';
import { hostileHosts, hostileMarkup, hostileOutput, hostileShapes } from './hostile-texts.ts';
import { type Pages, visit } from './pages.ts';

const plain = [...hostileMarkup, ...hostileShapes];

/** What a hostile text has made of a page: a deed done, an element, a handler, a link, a frame. */
const harms = `(() => {
  const found = window.__xss === undefined ? [] : ['its code ran'];
  for (const element of document.querySelectorAll('*')) {
    const say = (what) => found.push(what + ': ' + element.outerHTML.slice(0, 160));
    if (element.hasAttribute('data-xss')) say('made an element');
    if (element.getAttributeNames().some((name) => name.startsWith('on'))) say('made a handler');
    if (element.matches('iframe, object, embed, base, marquee, meta[http-equiv="refresh" i]')) say('made');
    if (element.matches('script') && /__xss|evil/.test(element.src + element.text)) say('added a script');
    for (const name of ['href', 'xlink:href', 'src', 'action', 'formaction']) {
      const link = element.getAttribute(name);
      if (link !== null && !/^(https?:|blob:|data:image\\/|[/#?.]|$)/.test(link.trim())) say('made a link');
      if (link?.includes('evil.invalid')) say('leads away');
    }
  }
  for (const link of document.querySelectorAll('[data-log-text] a')) {
    if (!/^https?:$/.test(link.protocol)) found.push('a link in a log: ' + link.outerHTML);
  }
  return found;
})()`;

/** All words of a page, also those in its fields. Editors write hard spaces. */
const words = `[
  document.body.textContent.replaceAll('\\u00a0', ' '),
  ...[...document.querySelectorAll('input, textarea')].map((field) => field.value),
].join('\\n')`;

/** Texts of strangers, wherever they are stored and shown, are text and nothing else. */
export function hostileTextSuite(ready: () => Pages): void {
  describe('hostile texts', () => {
    let data: HostileData;
    let visitor: Visitor;

    beforeAll(async () => {
      data = await storeHostileTexts(ready());
      visitor = await visit(ready(), ready().boss);
    }, 180_000);
    afterAll(() => visitor?.context.close());

    /** The page of now is as it would be without them. */
    async function unharmed(page: Page): Promise<void> {
      expect(await page.evaluate<string[]>(harms)).toEqual([]);
      expect(visitor.faults.splice(0)).toEqual([]);
      expect([page.frames().length, visitor.context.pages().length]).toEqual([1, 1]);
      expect(new URL(page.url()).origin).toBe(ready().origin);
    }

    /** Which of the texts the page does not have to the letter. */
    async function missing(page: Page, texts: readonly string[]): Promise<string[]> {
      const all = await page.evaluate<string>(words);
      return texts.filter((text) => !all.includes(text));
    }

    it('are many, and were stored', () => {
      expect(new Set(plain).size + hostileOutput.length).toBeGreaterThan(40);
      expect(data.webhooks.length).toBeGreaterThan(0);
      expect(data.tokenNames.length).toBeGreaterThan(5);
    });

    it.each(['stdout', 'stderr'])('as %s: shown to the letter, without what a terminal would do', async (stream) => {
      const { page } = visitor;
      await open(page, `/tasks/${data.printer}?pane=host&stream=${stream}`);
      await page.locator('[data-log-text]').first().waitFor();
      const scroller = '.log [role="region"]';
      const lines = await textsByScrolling(page, scroller, '[data-log-text]');
      const shapes = hostileShapes.filter((text) => !/[\u202A-\u202E\u2066-\u2069]/.test(text));
      const expected = [...hostileMarkup, ...shapes, ...hostileOutput.map(({ shown }) => shown)];
      expect(expected.filter((text) => !lines.some((line) => line.includes(text)))).toEqual([]);
      expect(lines.filter((line) => /[\u0000-\u0008\u000B-\u001F\u202A-\u202E\u2066-\u2069]/.test(line))).toEqual([]);
      await unharmed(page);
    });

    it('as names of hosts', async () => {
      const { page } = visitor;
      await open(page, `/tasks/${data.hosts}`);
      const hosts = await textsByScrolling(page, 'main [role="grid"]', '[role="gridcell"]:first-child');
      expect(hostileHosts.filter((text) => !hosts.some((host) => host.trim() === text))).toEqual([]);
      await unharmed(page);
      for (const host of hostileMarkup.slice(9, 12)) {
        await open(page, `/tasks/${data.hosts}?pane=host&host=${encodeURIComponent(host)}`);
        await unharmed(page);
      }
    });

    it('as titles of tasks', async () => {
      const { page } = visitor;
      await open(page, '/tasks');
      expect(await missing(page, data.titles)).toEqual([]);
      await unharmed(page);
      await open(page, '/');
      await unharmed(page);
    });

    it.each<[string, (data: HostileData) => string, (data: HostileData) => readonly string[]]>([
      ['a task: what runs', ({ printer }) => `/tasks/${printer}?pane=script`, () => hostileMarkup],
      ['a task: what happened', ({ printer }) => `/tasks/${printer}?pane=timeline`, () => []],
      ['the tree', () => '/tree', () => []],
      ['a node', ({ node }) => `/tree/${node}`, () => hostileMarkup.slice(0, 20)],
      ['a node: overview', ({ node }) => `/tree/${node}?tab=overview`, () => hostileMarkup.slice(0, 20)],
      ['the library', () => '/scripts', () => hostileMarkup.slice(0, 10)],
      ['a script', ({ script }) => `/scripts/${script}`, () => hostileMarkup.slice(0, 20)],
      ['a script: versions', ({ script }) => `/scripts/${script}?tab=versions`, () => hostileMarkup.slice(0, 8)],
      ['a script: comparison', ({ script }) => `/scripts/${script}?tab=compare&from=1`, () => []],
      ['a schedule', ({ schedule }) => `/schedules/${schedule}`, () => hostileMarkup.slice(0, 5)],
      ['a schedule: what it runs', ({ schedule }) => `/schedules/${schedule}?tab=program`, () => hostileMarkup],
      ['a ticket', ({ ticket }) => `/tickets/${ticket}`, () => hostileMarkup],
      ['a ticket: hosts', ({ ticket }) => `/tickets/${ticket}?tab=hosts`, () => hostileHosts],
      ['a ticket: changes', ({ ticket }) => `/tickets/${ticket}?tab=changes`, () => []],
      ['a ticket: discussion', ({ ticket }) => `/tickets/${ticket}?tab=story`, () => hostileMarkup],
      ['a ticket that was withdrawn', ({ withdrawn }) => `/tickets/${withdrawn}?tab=story`, () => hostileMarkup],
      ['the inbox', ({ ticket }) => `/inbox?view=visible&sel=${ticket}`, ({ ticketTitle }) => [ticketTitle]],
      ['the account', () => '/account', ({ tokenNames }) => tokenNames],
      ['a user', () => '/admin/users?sel=boss', ({ tokenNames }) => tokenNames],
      ['webhooks', () => '/admin/webhooks', ({ webhooks }) => webhooks.slice(0, 5)],
      ['audit', () => '/admin/audit', () => []],
      [
        'a task to run again',
        ({ printer }) => `/tasks/new?step=review&from=${printer}`,
        () => hostileMarkup.slice(0, 20),
      ],
    ])('on the page of %s', async (_page, address, expected) => {
      const { page } = visitor;
      await open(page, address(data));
      expect(await missing(page, expected(data))).toEqual([]);
      await unharmed(page);
    });

    it('in rows that are opened, layers and searches', async () => {
      const { page } = visitor;
      const [text = ''] = hostileMarkup.slice(9);
      await open(page, `/tickets/${data.ticket}`);
      await page.keyboard.press('a');
      await page.getByRole('dialog').waitFor();
      expect(await page.getByRole('dialog').textContent()).toContain(data.ticketTitle);
      await unharmed(page);
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('Control+k');
      await page.getByRole('dialog').getByRole('combobox').fill(text);
      await page.getByRole('dialog').getByText(text, { exact: false }).first().waitFor();
      await unharmed(page);
      await page.keyboard.press('Escape');
      await open(page, '/admin/audit');
      await page.locator('main [aria-expanded="false"]').first().click();
      await unharmed(page);
    });

    it('in addresses', async () => {
      const { page } = visitor;
      for (const text of [hostileMarkup[0] ?? '', hostileMarkup[10] ?? '', `javascript:window.__xss=1`]) {
        const word = encodeURIComponent(text);
        const searches = [
          '/tasks?q=',
          '/tasks?node=',
          '/scripts?q=',
          '/schedules?q=',
          '/agents?q=',
          '/admin/users?q=',
          '/tree?find=',
        ];
        const pages = [
          '/tasks/',
          '/tree/',
          '/tickets/',
          '/scripts/',
          '/schedules/',
          '/tasks/new?script=',
          '/tasks/new?node=',
          '/inbox?sel=',
        ];
        for (const address of [...searches, ...pages]) {
          await open(page, `${address}${word}`);
          await unharmed(page);
        }
      }
    });

    it.each([
      'javascript:window.__xss=1',
      '//evil.invalid/',
      'https://evil.invalid/',
      '/\\evil.invalid',
      'data:text/html,x',
    ])('after signing in: %s leads nowhere else', async (next) => {
      const { page } = visitor;
      await page.goto(`/sign-in?next=${encodeURIComponent(next)}`);
      await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
      await settled(page);
      await unharmed(page);
    });
  });
}
