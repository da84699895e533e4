import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { launchBrowser, newVisitor } from '#tests/support/browser.ts';
import { checkout, type Platform, startPlatform } from '#tests/support/platform.ts';
import { createWebPerson, type WebPerson } from '#tests/support/web-people.ts';
import { open, settled } from '#tests/support/web-page.ts';
import { signedIn } from '#tests/support/web-session.ts';
import { type ExampleCompany, foundCompany } from './screenshots/example-company.ts';
import { doWork } from './screenshots/example-work.ts';

/** `npm run screenshots`: the pictures of docs/images, from a platform of its own with a small company on it. */
const folder = join(checkout, 'docs', 'images');

/** One page as one person sees it, as a picture of 1280 × 800. */
async function picture(
  { browser, origin }: { browser: Browser; origin: string },
  who: WebPerson,
  shot: { name: string; address: string; prepare?: (page: Page) => Promise<void> },
): Promise<void> {
  const { context, page, faults } = await newVisitor(browser, origin, { locale: 'en', theme: 'light' });
  await context.addCookies([...(await signedIn(origin, who)).cookies]);
  await open(page, shot.address);
  await shot.prepare?.(page);
  await settled(page);
  await page.getByRole('status').getByText('Live', { exact: true }).waitFor();
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${shot.name}.png`), animations: 'disabled', caret: 'hide' });
  await context.close();
  if (faults.length > 0) throw new Error(`${shot.address}: ${faults.join('\n')}`);
  console.error(`docs/images/${shot.name}.png`);
}

async function takePictures(platform: Platform, browser: Browser, company: ExampleCompany): Promise<void> {
  const at = { browser, origin: new URL(platform.signIn().url).origin };
  const { task, ticket, approver } = await doWork(platform, company);
  const admin = await createWebPerson(platform, 'dana', 'admin');
  await picture(at, admin, { name: 'task', address: `/tasks/${task}?host=web-04` });
  await picture(at, approver, { name: 'approval', address: `/inbox?sel=${ticket}` });
  await picture(at, admin, { name: 'tree', address: `/tree/${company.nodes.get('shop.web.live') ?? ''}` });
}

mkdirSync(folder, { recursive: true });
console.error('screenshots: starting a platform');
const platform = await startPlatform();
let browser: Browser | undefined;
let company: ExampleCompany | undefined;
try {
  company = await foundCompany(platform);
  browser = await launchBrowser();
  await takePictures(platform, browser, company);
} finally {
  await browser?.close();
  await company?.leave();
  await platform.remove();
}
