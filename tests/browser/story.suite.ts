import type { Locator, Page } from 'playwright-core';
import { describe, expect, it } from 'vitest';
import { type Look, newVisitor, signInAs } from '#tests/support/browser.ts';
import { eventually } from '#tests/support/eventually.ts';
import { open, settled } from '#tests/support/web-page.ts';
import { type Pages, visit } from './pages.ts';
import { scheduleStory } from './schedule-story.ts';

const taskPage = /\/tasks\/[0-9a-f-]{36}/;
const ticketPage = /\/tickets\/[0-9a-f-]{36}/;

/** The story of the web: from the sign-in of one person to the result of a script that another one approved. */
export function storySuite(ready: () => Pages): void {
  describe('the story', () => {
    it('signs in with the page, and out again', async () => {
      const pages = ready();
      const { context, page, faults } = await newVisitor(pages.browser, pages.origin);
      await page.goto('/scripts?language=shell');
      await page.getByRole('heading', { name: 'Sign in to Signalbox' }).waitFor();
      await page.locator('input[autocomplete="username"]').fill(pages.mate.name);
      await page.locator('input[autocomplete="current-password"]').fill('not the password');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.getByText('The user name or the password is wrong.').waitFor();
      await page.locator('input[autocomplete="current-password"]').fill(pages.mate.password);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await page.waitForURL('**/scripts?language=shell');
      await page.getByRole('button', { name: `You: ${pages.mate.name}` }).click();
      await page.getByRole('menuitem', { name: 'Sign out' }).click();
      await page.getByRole('heading', { name: 'Sign in to Signalbox' }).waitFor();
      await signInAs(page, pages.mate.name, pages.mate.password);
      expect(await page.getByRole('heading', { level: 1 }).textContent()).toBe('Home');
      expect(faults).toEqual([]);
      await context.close();
    });

    it('keeps a service tree with the keyboard alone: add, rename, move, bind, and delete what nothing hangs on', async () => {
      const pages = ready();
      const { context, page, faults } = await visit(pages, pages.boss);
      await open(page, '/tree');
      await page.getByRole('button', { name: 'Add a top-level node' }).press('Enter');
      await nameIsAsked(page);
      await page.keyboard.type('story');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'story' }).waitFor();

      const tree = page.getByRole('tree', { name: 'Service tree' });
      await fromMenu(page, 'story', 'Add child');
      await nameIsAsked(page);
      await page.keyboard.type('wep');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'wep' }).waitFor();
      await goToNode(page, 'wep');
      await page.keyboard.press('F2');
      await tree.getByRole('textbox').and(page.locator(':focus')).waitFor();
      await page.keyboard.press('Control+a');
      await page.keyboard.type('web');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { level: 1, name: 'web' }).waitFor();
      await tree.getByRole('treeitem', { name: /^web/ }).waitFor();

      await page.getByRole('button', { name: 'Bind machines' }).first().press('Enter');
      const bind = page.getByRole('dialog', { name: 'Bind machines' });
      await bind.getByRole('checkbox', { name: pages.local, exact: true }).press('Space');
      await bind.getByRole('button', { name: 'Bind 1 machine' }).press('Enter');
      await bind.waitFor({ state: 'hidden' });
      await page.getByRole('tabpanel').getByText(pages.local, { exact: true }).first().waitFor();

      await fromMenu(page, 'story', 'Delete…');
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: 'Delete node' }).press('Enter');
      await dialog.getByText('It cannot be deleted as it is').waitFor();
      expect(await dialog.textContent()).toContain('web');
      await page.keyboard.press('Escape');
      expect(faults).toEqual([]);
      await context.close();
    });

    it('keeps versions of a script and shows their difference', async () => {
      const pages = ready();
      const { context, page, faults } = await visit(pages, pages.mate);
      await open(page, '/scripts/new');
      await page.getByRole('textbox', { name: /^Name/ }).fill('greeting');
      await write(page, 'echo "hello from the library"');
      await page.getByRole('button', { name: 'Create script' }).click();
      await page.waitForURL(/\/scripts\/[0-9a-f-]{36}/);
      await page.getByRole('button', { name: 'Save as version 2' }).waitFor();
      await write(page, 'echo "hello again"');
      await page.getByRole('textbox', { name: 'What changed' }).fill('colour');
      await page.getByRole('button', { name: 'Save as version 2' }).click();
      await page.getByRole('button', { name: 'Save as version 3' }).waitFor();
      await page.getByRole('tab', { name: 'Compare' }).click();
      await page.locator('.monaco-diff-editor .line-insert, .monaco-diff-editor .char-insert').first().waitFor();
      expect(faults).toEqual([]);
      await context.close();
    });

    for (const look of [{}, { locale: 'zh', theme: 'dark' }] as const satisfies readonly Look[]) {
      it(
        `asks for an approval, gets it, and shows the task live to its end (${look.locale ?? 'en'})`,
        () => approvalStory(ready(), look),
        180_000,
      );
    }

    it('asks, approves and reads the result with the keyboard alone', () => keyboardStory(ready()), 180_000);

    it('has a task run by a schedule, which two people edit at once', () => scheduleStory(ready()), 120_000);

    it('pauses, continues, kills and retries a task on its page', async () => {
      const pages = ready();
      const { context, page, faults } = await visit(pages, pages.mate);
      const { id } = await pages.platform.api.post<{ id: string }>('/api/v1/tasks', {
        command: ['sleep', '300'],
        target: { hosts: [pages.local, 'no-such-host-a', 'no-such-host-b'] },
      });
      await open(page, `/tasks/${id}`);
      const state = (word: string) => page.locator('header, main').getByText(word, { exact: true }).first().waitFor();
      await state('Running');
      await page.getByRole('button', { name: 'Pause', exact: true }).click();
      await state('Paused');
      await page.getByRole('button', { name: 'Continue', exact: true }).click();
      await state('Running');
      await page.getByRole('button', { name: 'Kill', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByRole('button', { name: /^Kill on 1 host/ }).click();
      await state('Killed');
      await page.getByRole('button', { name: 'Retry failed' }).click();
      await dialog.getByRole('button', { name: /^Retry/ }).click();
      await state('Running');
      await pages.platform.api.post(`/api/v1/tasks/${id}/kill`);
      await state('Killed');
      expect(faults).toEqual([]);
      await context.close();
    });
  });
}

/** A task on the guarded node, asked for by one person and approved by another, each in a browser of their own. */
async function approvalStory(pages: Pages, look: Look): Promise<void> {
  const say = (en: string, zh: string) => (look.locale === 'zh' ? zh : en);
  const name = `coloured-${look.locale ?? 'en'}`;
  const content = 'printf "\\033[32mgreen\\033[0m\\n"; sleep 1; echo done >&2\n';
  await pages.platform.api.post('/api/v1/scripts', { name, language: 'shell', content });
  const asking = await visit(pages, pages.mate, look);
  const { page } = asking;
  await open(page, `/tasks/new?node=${pages.guarded.node}`);
  await page.getByRole('tab', { name: say('From the library', '从脚本库选择') }).click();
  await page.getByRole('button', { name: new RegExp(name) }).click();
  await page.getByRole('button', { name: say('Next: hosts', '下一步：主机') }).click();
  await page.getByText(pages.guarded.node).first().waitFor();
  await page.getByRole('button', { name: say('Next: strategy', '下一步：执行策略') }).click();
  await page.getByRole('button', { name: say('Next: review', '下一步：确认提交') }).click();
  await page
    .getByText(/signalbox task run/)
    .first()
    .waitFor();
  await page.getByRole('button', { name: say('Ask for approval (1 host)', '提交审批（1 台主机）') }).click();
  await page.waitForURL(ticketPage);
  await settled(page);
  const id = page.url().split('/').at(-1) ?? '';
  const approve = say('Approve', '批准');
  expect(await page.getByRole('button', { name: approve, exact: true }).getAttribute('aria-disabled')).toBe('true');

  const deciding = await visit(pages, pages.boss, look);
  const boss = deciding.page;
  await open(boss, `/inbox?sel=${id}`);
  await boss.getByText('green').first().waitFor();
  await boss.keyboard.press('a');
  const dialog = boss.getByRole('dialog');
  await dialog.getByRole('textbox').fill('go on');
  await dialog.getByRole('button', { name: new RegExp(`^${approve}`) }).click();
  await dialog.waitFor({ state: 'hidden' });

  await page
    .getByRole('link', { name: say('Open the task', '打开任务') })
    .first()
    .click();
  await page.waitForURL(taskPage);
  await page.getByText(say('Succeeded', '成功'), { exact: true }).first().waitFor({ timeout: 60_000 });
  await page.getByText(pages.guarded.host, { exact: true }).first().click();
  await page.locator('.ansi-green-fg', { hasText: 'green' }).waitFor();
  await open(page, `/tickets/${id}`);
  await page.getByText(say('Done', '已完成'), { exact: true }).first().waitFor({ timeout: 30_000 });
  expect([...asking.faults, ...deciding.faults]).toEqual([]);
  await asking.context.close();
  await deciding.context.close();
}

/** The same story without a mouse, and without touching the page otherwise: keys only. */
async function keyboardStory(pages: Pages): Promise<void> {
  const asking = await visit(pages, pages.mate);
  const { page } = asking;
  const keys = page.keyboard;
  await open(page, '/');
  await keys.press('Control+k');
  await keys.type('New task');
  await page.getByRole('option', { name: 'New task' }).first().waitFor();
  await keys.press('Enter');
  await page.waitForURL('**/tasks/new**');
  await settled(page);
  await tabTo(page, page.getByRole('tab', { name: 'Write a script' }));
  await keys.press('ArrowRight');
  await keys.press('ArrowRight');
  await tabTo(page, page.getByRole('textbox', { name: /^Command/ }));
  await keys.type('echo by-keyboard');
  await enter(page, page.getByRole('button', { name: 'Next: hosts' }));
  await tabTo(page, page.getByRole('tab', { name: 'Service tree' }));
  await keys.press('ArrowRight');
  await keys.press('ArrowRight');
  await tabTo(page, page.getByRole('textbox', { name: /^Names or addresses/ }));
  await keys.type(pages.guarded.host);
  await enter(page, page.getByRole('button', { name: 'Next: strategy' }));
  await enter(page, page.getByRole('button', { name: 'Next: review' }));
  const ask = page.getByRole('button', { name: 'Ask for approval (1 host)' });
  await ask.waitFor();
  await enter(page, ask);
  await page.waitForURL(ticketPage);
  await settled(page);

  const deciding = await visit(pages, pages.boss);
  const boss = deciding.page;
  await open(boss, '/');
  await boss.keyboard.press('g');
  await boss.keyboard.press('i');
  await boss.waitForURL('**/inbox**');
  await boss.getByText('echo by-keyboard').first().waitFor();
  await settled(boss);
  await boss.keyboard.press('a');
  const dialog = boss.getByRole('dialog');
  await dialog.waitFor();
  await enter(boss, dialog.getByRole('button', { name: /^Approve/ }));
  await dialog.waitFor({ state: 'hidden' });

  await enter(page, page.getByRole('link', { name: 'Open the task' }).first());
  await page.waitForURL(taskPage);
  await page
    .getByText('Succeeded', { exact: true })
    .first()
    .waitFor({ timeout: 30_000 })
    .catch(async (e) => {
      console.log(await page.locator('main').innerText());
      console.log(await boss.locator('main').innerText());
      throw e;
    });
  const row = page.getByRole('row').filter({ hasText: pages.guarded.host });
  await tabTo(page, row);
  await keys.press('Enter');
  await page.getByText('by-keyboard', { exact: true }).first().waitFor();
  expect([...asking.faults, ...deciding.faults]).toEqual([]);
  await asking.context.close();
  await deciding.context.close();
}

/** Presses Tab until the keyboard is on the element, or in it. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const here = target.and(page.locator(':focus'));
  const inside = target.locator(':focus');
  for (let steps = 0; steps < 80; steps++) {
    if ((await here.count()) + (await inside.count()) > 0) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`Tab does not lead to ${String(target)}`);
}

async function enter(page: Page, target: Locator): Promise<void> {
  await tabTo(page, target);
  await page.keyboard.press('Enter');
}

/** Puts the keyboard on a node of the tree by typing its name. */
async function goToNode(page: Page, name: string): Promise<void> {
  const tree = page.getByRole('tree', { name: 'Service tree' });
  const row = tree.getByRole('treeitem', { name: new RegExp(`^${name}`) });
  await row.waitFor();
  await tree.focus();
  await page.keyboard.press('Home');
  await page.keyboard.type(name);
  await eventually(
    `the keyboard is on ${name}`,
    async () => (await tree.getAttribute('aria-activedescendant')) === (await row.getAttribute('id')),
    { withinMs: 10_000, everyMs: 50 },
  );
}

/** Waits until the keyboard is in the dialog's field for a name. */
async function nameIsAsked(page: Page): Promise<void> {
  await page.getByRole('dialog').getByRole('textbox', { name: /^Name/ }).and(page.locator(':focus')).waitFor();
}

async function fromMenu(page: Page, node: string, entry: string): Promise<void> {
  await goToNode(page, node);
  await page.keyboard.press('Shift+F10');
  await page.getByRole('menuitem', { name: entry }).press('Enter');
}

/** Replaces what is in the editor of a page. */
async function write(page: Page, text: string): Promise<void> {
  await page.locator('.monaco-editor').first().click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}
