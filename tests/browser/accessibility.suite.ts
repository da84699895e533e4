import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Look, seriousFaults, type Visitor } from '#tests/support/browser.ts';
import { open } from '#tests/support/web-page.ts';
import { addresses, routes } from './addresses.ts';
import { createExample, type Example } from './example.ts';
import { type Pages, visit } from './pages.ts';

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
