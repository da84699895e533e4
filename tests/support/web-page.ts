import type { Page } from 'playwright-core';
import { eventually } from './eventually.ts';

/** What is still on its way on the page as it is now. The samples of the component page load for ever. */
const pending = `[...document.querySelectorAll('[aria-busy="true"], main .animate-pulse')]
  .filter((element) => !location.pathname.startsWith('/_kit') && element.getClientRects().length > 0)
  .map((element) => element.outerHTML.slice(0, 120))`;

/** Opens an address, and waits until all of its content is there. */
export async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  await settled(page);
}

/** Waits until a page has its heading and nothing of it is loading, twice in a row. */
export async function settled(page: Page): Promise<void> {
  const heading = page.locator('h1').first().waitFor();
  await heading.catch(async () => {
    throw new Error(`${page.url()} has no heading, only: ${await page.locator('body').innerText()}`);
  });
  let calm = 0;
  await eventually(
    `${page.url()} has all of its content`,
    async () => {
      const waiting = await page.evaluate<string[]>(pending);
      calm = waiting.length === 0 ? calm + 1 : 0;
      if (calm >= 2) return true;
      throw new Error(waiting.join('\n'));
    },
    { withinMs: 30_000, everyMs: 150 },
  );
}

/**
 * All texts that elements have which are drawn only while they are in view, in their order: scrolls `scroller` from its
 * top to its end, where it loads on too.
 */
export async function textsByScrolling(page: Page, scroller: string, element: string): Promise<string[]> {
  const found = new Map<string, string>();
  const step = (top: number) => `(() => {
    const box = document.querySelector(${JSON.stringify(scroller)});
    box.scrollTop = ${top};
    return { end: box.scrollTop + box.clientHeight >= box.scrollHeight - 1, height: box.clientHeight };
  })()`;
  const read = `[...document.querySelectorAll(${JSON.stringify(element)})].map((one) => {
    const row = one.closest('[data-index]');
    return [row?.dataset.index ?? '', one.textContent];
  })`;
  await page.locator(scroller).first().waitFor();
  for (let top = 0, atEnd = 0; atEnd < 3;) {
    const { end, height } = await page.evaluate<{ end: boolean; height: number }>(step(top));
    await page.waitForTimeout(100);
    for (const [index, text] of await page.evaluate<[string, string][]>(read)) found.set(`${index} ${text}`, text);
    if (end) atEnd += 1;
    else top += Math.max(50, height / 2);
  }
  return [...found.values()];
}
