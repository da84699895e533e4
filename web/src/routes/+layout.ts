import { loadSession } from '#web/lib/session/session.svelte.ts';
import { startPrefs } from '#web/lib/prefs/prefs.svelte.ts';

export const ssr = false;
export const prerender = false;

/** Once per page load: the first view is in the preferred language and theme; the question who is there is under way. */
export async function load(): Promise<void> {
  void loadSession();
  await startPrefs();
}
