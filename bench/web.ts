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
  readonly content: (page: Page) => Promise<unknown>;
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
        const from = performance.now();
        await page.goto(opening.address, { waitUntil: 'commit' });
        await opening.content(page);
        if (run >= 0) seconds.push((performance.now() - from) / 1_000);
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
      ...{ ...ordinary, page: 'home', address: '/', until: 'the last changes are listed' },
      content: (page) => page.getByText('Ten thousand').first().waitFor(),
    },
    {
      ...{ ...ordinary, page: 'service tree', address: '/tree', until: 'the first level is there' },
      content: (page) => page.getByRole('treeitem', { name: /^demo/ }).waitFor(),
    },
    {
      ...{ ...ordinary, page: 'tasks', address: '/tasks', until: 'the rows are there' },
      content: (page) => page.getByRole('row').filter({ hasText: 'Ten thousand' }).waitFor(),
    },
    {
      ...{ ...ordinary, page: 'a task of one host', address: `/tasks/${small}`, until: 'its host is listed' },
      content: (page) => page.getByRole('row').filter({ hasText: local }).waitFor(),
    },
    {
      ...{ page: `a task of ${hostCount} hosts`, address: `/tasks/${large}`, limit: largeLimitSeconds },
      until: 'a search among its hosts has answered',
      content: async (page) => {
        await page.getByRole('row').filter({ hasText: local }).waitFor();
        await page.getByRole('searchbox', { name: 'Name or address' }).fill('store-9876.');
        await page.getByRole('row').filter({ hasText: 'store-9876.example' }).waitFor();
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
