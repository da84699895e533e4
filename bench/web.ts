import type { Page } from 'playwright-core';
import { launchBrowser, newVisitor } from '#tests/support/browser.ts';
import type { Platform } from '#tests/support/platform.ts';
import { submitTask, taskEnd } from '#tests/support/tasks.ts';
import { createWebPerson } from '#tests/support/web-people.ts';
import { signedIn } from '#tests/support/web-session.ts';
import { startBenchPlatform } from './bench-platform.ts';
import { type Limited, limited } from './limits.ts';
import { spread, table, verdict } from './markdown.ts';
import { type Timing, timing } from './statistics.ts';

const pageLimitSeconds = 1;
const largeLimitSeconds = 2;
const hostCount = 10_000;

/** From the start of a full page load to the content, with the files in the browser's cache. */
export interface PageFigures {
  readonly page: string;
  /** What counts as content. */
  readonly until: string;
  readonly seconds: Timing;
  readonly p50: Limited;
}

export interface WebFigures {
  readonly pages: readonly PageFigures[];
}

interface Opening {
  readonly page: string;
  readonly address: string;
  readonly until: string;
  readonly limit: number;
  /** Resolves with the time since the start of the navigation. */
  readonly content: (page: Page) => Promise<number>;
}

/**
 * Waits until there is an element of this kind with this text; gives the milliseconds since the start of the navigation, by
 * the page's own clock at the frame that first had it.
 */
function shown(page: Page, element: string, text: string): Promise<number> {
  const [selector, wanted] = [JSON.stringify(element), JSON.stringify(text)];
  const found = `[...document.querySelectorAll(${selector})].some((one) => one.textContent.includes(${wanted}))`;
  return page.evaluate<number>(`new Promise((resolve) => {
    const look = () => (${found} ? resolve(performance.now()) : requestAnimationFrame(look));
    look();
  })`);
}

/** Loads pages of a platform of its own in Chromium, each `runs` times after one load that fills the cache. */
export async function measureWeb(options: { runs: number }): Promise<WebFigures> {
  console.error('web: starting a platform');
  const platform = await startBenchPlatform();
  const browser = await launchBrowser();
  try {
    const origin = new URL(platform.signIn().url).origin;
    const person = await signedIn(origin, await createWebPerson(platform, 'reader', 'admin'));
    const { context, page } = await newVisitor(browser, origin);
    await context.addCookies([...person.cookies]);
    const pages: PageFigures[] = [];
    for (const opening of await openings(platform)) {
      const seconds: number[] = [];
      for (let run = -1; run < options.runs; run++) {
        await page.goto('about:blank');
        await page.goto(opening.address, { waitUntil: 'commit' });
        const ms = await opening.content(page);
        if (run >= 0) seconds.push(ms / 1_000);
      }
      const measured = timing(seconds);
      pages.push({
        page: opening.page,
        until: opening.until,
        seconds: measured,
        p50: limited(measured.p50, opening.limit),
      });
    }
    return { pages };
  } finally {
    await browser.close();
    await platform.remove();
  }
}

async function openings(platform: Platform): Promise<Opening[]> {
  const { items } = await platform.api.get<{ items: { name: string }[] }>('/api/v1/agents');
  const local = items[0]?.name ?? '';
  const small = await submitTask(platform, { title: 'One host', target: { hosts: [local] }, script: 'echo hello' });
  const names = Array.from({ length: hostCount - 1 }, (_, index) => `store-${index + 1}.example`);
  const large = await submitTask(platform, {
    title: 'Ten thousand',
    target: { hosts: [local, ...names] },
    script: 'true',
  });
  await taskEnd(platform, small, 60_000);
  await taskEnd(platform, large, 120_000);
  const ordinary = { limit: pageLimitSeconds };
  return [
    {
      ...ordinary,
      page: 'home',
      address: '/',
      until: 'the last changes are listed',
      content: (page) => shown(page, 'main a', 'Ten thousand'),
    },
    {
      ...ordinary,
      page: 'service tree',
      address: '/tree',
      until: 'the first level is there',
      content: (page) => shown(page, '[role=treeitem]', 'demo'),
    },
    {
      ...ordinary,
      page: 'tasks',
      address: '/tasks',
      until: 'the rows are there',
      content: (page) => shown(page, '[role=row], tr', 'Ten thousand'),
    },
    {
      ...ordinary,
      page: 'a task of one host',
      address: `/tasks/${small}`,
      until: 'its host is listed',
      content: (page) => shown(page, '[role=row]', local),
    },
    {
      page: `a task of ${hostCount} hosts`,
      address: `/tasks/${large}`,
      limit: largeLimitSeconds,
      until: 'a search among its hosts has answered',
      content: async (page) => {
        await shown(page, '[role=row]', local);
        await page.getByRole('searchbox', { name: 'Name or address' }).fill('store-9876.');
        return shown(page, '[role=row]', 'store-9876.example');
      },
    },
  ];
}

export function webTable(figures: WebFigures): string {
  return [
    '### Pages in a browser',
    'Chromium, headless, on the same machine; full loads with a warm cache, from the start of the navigation.',
    table(
      ['page', 'until', 'seconds p50 (min–max)', 'limit'],
      figures.pages.map((one) => [one.page, one.until, spread(one.seconds), verdict(one.p50, ' s')]),
    ),
  ].join('\n\n');
}
