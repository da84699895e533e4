import type { Browser } from 'playwright-core';
import { afterAll, beforeAll } from 'vitest';
import { launchBrowser } from '#tests/support/browser.ts';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { setPolicy } from '#tests/support/tickets.ts';
import { createWebPerson } from '#tests/support/web-people.ts';
import { signedIn } from '#tests/support/web-session.ts';
import type { Pages } from './pages.ts';

const guarded = { host: 'till-1', node: 'shop.till' };

/** Suites of the web in a real browser, on one platform with two agents, one of which may run nothing without an approval. */
export function onOnePlatform(...suites: readonly ((ready: () => Pages) => void)[]): void {
  let platform: Platform | undefined;
  let browser: Browser | undefined;
  let agent: RealAgent | undefined;
  const pages: { -readonly [Key in keyof Pages]?: Pages[Key] } = {};

  beforeAll(async () => {
    platform = await startPlatform();
    const origin = new URL(platform.signIn().url).origin;
    const { items } = await platform.api.get<{ items: { name: string }[] }>('/api/v1/agents');
    await platform.api.post('/api/v1/nodes', { path: guarded.node });
    agent = await addAgent(platform, guarded.host, { node: guarded.node });
    const boss = await createWebPerson(platform, 'boss', 'admin');
    const mate = await createWebPerson(platform, 'mate', 'ops');
    await setPolicy(platform, guarded.node, {
      mode: 'ticket',
      steps: [{ approvers: [{ type: 'user', user: boss.name }] }],
    });
    browser = await launchBrowser();
    Object.assign(pages, { platform, browser, origin, guarded, local: items[0]?.name });
    Object.assign(pages, { boss: await signedIn(origin, boss), mate: await signedIn(origin, mate) });
  }, 300_000);

  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    await platform?.remove();
  }, 90_000);

  for (const suite of suites) suite(() => pages as Pages);
}
