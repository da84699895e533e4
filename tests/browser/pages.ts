import type { Browser } from 'playwright-core';
import { type Look, newVisitor, type Visitor } from '#tests/support/browser.ts';
import type { Platform } from '#tests/support/platform.ts';
import type { SignedIn } from '#tests/support/web-session.ts';

/** What the suites of the pages share. */
export interface Pages {
  readonly platform: Platform;
  readonly browser: Browser;
  readonly origin: string;
  /** The agent of this machine; its tasks run at once. */
  readonly local: string;
  /** A machine whose tasks wait for an approval of `boss`, and the node that says so. */
  readonly guarded: { readonly host: string; readonly node: string };
  /** An administrator. */
  readonly boss: SignedIn;
  /** Somebody of operations. */
  readonly mate: SignedIn;
}

/** Opens a browser of somebody's own; of nobody, where nobody is named. */
export async function visit(pages: Pages, who: SignedIn | undefined, look: Look = {}): Promise<Visitor> {
  const visitor = await newVisitor(pages.browser, pages.origin, look);
  if (who !== undefined) await visitor.context.addCookies([...who.cookies]);
  return visitor;
}
