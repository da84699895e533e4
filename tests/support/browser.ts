import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, chromium as engine, type Page } from 'playwright-core';
import { chromium } from '#tools/ensure/chromium.ts';

/** How somebody sees the web. */
export interface Look {
  readonly locale?: 'en' | 'zh';
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
  readonly height?: number;
}

/** One person in a browser of their own. What went wrong in their pages is kept in `faults`. */
export interface Visitor {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly faults: string[];
}

const switches = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'];

/** Starts the Chromium of this machine, headless. */
export async function launchBrowser(): Promise<Browser> {
  return engine.launch({ executablePath: await chromium(), headless: true, args: switches });
}

/** Opens a browser profile of its own, with the preferences as the web keeps them. */
export async function newVisitor(browser: Browser, origin: string, look: Look = {}): Promise<Visitor> {
  const { locale = 'en', theme = 'light', width = 1280, height = 800 } = look;
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width, height },
    locale: locale === 'zh' ? 'zh-CN' : 'en-GB',
    colorScheme: theme,
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const faults: string[] = [];
  context.on('page', (page) => watch(page, faults));
  return { context, page: await context.newPage(), faults };
}

/**
 * Faults are what no page may do: an error that nobody caught or that the console was told of, a refusal by the page's own
 * policy, a dialog. That something could not be loaded is for the page to say.
 */
function watch(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.stack ?? error.message}`));
  page.on('dialog', (dialog) => {
    faults.push(`${page.url()}: dialog ${dialog.message()}`);
    dialog.dismiss().catch(() => undefined);
  });
  page.on('console', (message) => {
    const text = message.text();
    if (message.type() === 'error' && !text.startsWith('Failed to load resource'))
      faults.push(`${page.url()}: ${text}`);
  });
}

/** Signs in on the sign-in page, and waits for the page behind it. */
export async function signInAs(page: Page, name: string, password: string): Promise<void> {
  await page.goto('/sign-in');
  await page.locator('input[autocomplete="username"]').fill(name);
  await page.locator('input[autocomplete="current-password"]').fill(password);
  await page.locator('form button[type="submit"]').click();
  await page.locator('h1').first().waitFor();
  await page.waitForURL((url) => !url.pathname.startsWith('/sign-in'));
}

/** What axe finds serious or critical on the page as it is now: `rule: element`. */
export async function seriousFaults(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`));
}
