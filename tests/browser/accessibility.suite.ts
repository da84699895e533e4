import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Look, seriousFaults, type Visitor } from '#tests/support/browser.ts';
import { checkout } from '#tests/support/platform.ts';
import { open } from '#tests/support/web-page.ts';
import { createExample, type Example } from './example.ts';
import { type Pages, visit } from './pages.ts';

/** Every page there is, from the files that make it one. */
const routes = globSync('**/+page.svelte', { cwd: join(checkout, 'web', 'src', 'routes') })
  .map((file) => (dirname(file) === '.' ? '/' : `/${dirname(file)}`))
  .toSorted();

/** Where each of them is looked at; more than once where it has faces that differ much. */
const addresses: Readonly<Record<string, (example: Example) => readonly string[]>> = {
  '/': () => ['/', '/no-such-page'],
  '/_kit': () => ['/_kit'],
  '/account': () => ['/account'],
  '/admin/audit': () => ['/admin/audit'],
  '/admin/status': () => ['/admin/status'],
  '/admin/users': () => ['/admin/users', '/admin/users?sel=boss', '/admin/users?tab=rights'],
  '/admin/webhooks': ({ webhook }) => ['/admin/webhooks', `/admin/webhooks?sel=${webhook}`],
  '/agents': () => ['/agents', '/agents?sel=till-1', '/agents?add=1'],
  '/api-docs': () => ['/api-docs'],
  '/inbox': ({ ticket }) => ['/inbox', `/inbox?view=visible&sel=${ticket}&tab=story`],
  '/scripts': () => ['/scripts', '/scripts?q=there-is-none'],
  '/scripts/[id]': ({ script }) => [
    `/scripts/${script}`,
    `/scripts/${script}?tab=versions`,
    `/scripts/${script}?tab=compare&from=1`,
  ],
  '/scripts/new': () => ['/scripts/new'],
  '/sign-in': () => ['/sign-in'],
  '/tasks': () => ['/tasks'],
  '/tasks/[id]': ({ task, waitingTask }) => [
    `/tasks/${task}`,
    `/tasks/${task}?pane=host&host=gone-1.example`,
    `/tasks/${waitingTask}`,
  ],
  '/tasks/new': ({ script }) => [
    '/tasks/new',
    `/tasks/new?step=hosts&script=${script}`,
    `/tasks/new?step=how&script=${script}&node=example.shop.web`,
    `/tasks/new?step=review&script=${script}&node=example.shop.web`,
  ],
  '/tickets/[id]': ({ ticket }) => [`/tickets/${ticket}`, `/tickets/${ticket}?tab=story`],
  '/tree': () => ['/tree'],
  '/tree/[node]': ({ node }) =>
    ['', '?tab=grants', '?tab=policies', '?tab=overview'].map((tab) => `/tree/${node}${tab}`),
};

type FullLook = Required<Pick<Look, 'theme' | 'locale'>>;
export const gateLooks: readonly FullLook[] = [{ theme: 'light', locale: 'en' }];
export const nightLooks: readonly FullLook[] = [
  { theme: 'dark', locale: 'zh' },
  { theme: 'light', locale: 'zh' },
  { theme: 'dark', locale: 'en' },
];

/** What sticks out of the page to the side: the page itself, or the part of it that scrolls. */
const tooWide = `[document.documentElement, document.querySelector('main')]
  .filter((element) => element !== null && element.scrollWidth > element.clientWidth)
  .map((element) => element.tagName + ' ' + element.scrollWidth + ' > ' + element.clientWidth)`;

/** Every page, in languages and themes: nothing that axe calls serious, and what each page owes its readers. */
export const accessibilitySuite = (looks: readonly FullLook[]) => (ready: () => Pages) => {
  describe('accessibility', () => {
    let example: Example;
    beforeAll(async () => {
      example = await createExample(ready());
    }, 120_000);

    it('is looked at on every page that there is', () => {
      expect(Object.keys(addresses).toSorted()).toEqual(routes);
    });

    describe.each(looks)('$theme, $locale', (look) => {
      let visitor: Visitor;
      let stranger: Visitor;
      beforeAll(async () => {
        visitor = await visit(ready(), ready().boss, look);
        stranger = await visit(ready(), undefined, look);
      });
      afterAll(async () => {
        await visitor?.context.close();
        await stranger?.context.close();
      });

      it.each(routes)('%s', async (route) => {
        const { page, faults } = route === '/sign-in' ? stranger : visitor;
        const found: Record<string, readonly string[]> = {};
        for (const address of addresses[route]?.(example) ?? []) {
          await open(page, address);
          const headings = await page.locator('h1').allTextContents();
          const wrong = [
            ...(headings.length === 1 && headings[0]?.trim() !== '' ? [] : [`headings: ${JSON.stringify(headings)}`]),
            ...(await page.evaluate<string[]>(tooWide)),
            ...(await seriousFaults(page)),
            ...faults.splice(0),
          ];
          if (wrong.length > 0) found[address] = wrong;
        }
        expect(found).toEqual({});
      });

      it('speaks the language that was asked for', async () => {
        const { page } = visitor;
        await open(page, '/tasks');
        expect(await page.locator('html').getAttribute('lang')).toMatch(look.locale === 'zh' ? /^zh/ : /^en/);
        expect(await page.locator('h1').textContent()).toBe(look.locale === 'zh' ? '任务' : 'Tasks');
        expect(await page.locator('html.dark').count()).toBe(look.theme === 'dark' ? 1 : 0);
      });
    });
  });
};
