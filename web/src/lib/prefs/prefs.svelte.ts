import { type Locale, locales, setLocale } from '#web/lib/i18n/index.svelte.ts';

export const themes = ['system', 'light', 'dark'] as const;
export const timeModes = ['relative', 'local', 'utc'] as const;

interface Prefs {
  readonly locale: Locale;
  readonly theme: (typeof themes)[number];
  readonly timeMode: (typeof timeModes)[number];
  readonly navCollapsed: boolean;
}

const storageKey = 'signalbox.prefs';

function firstPrefs(): Prefs {
  return {
    locale: navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en',
    theme: 'system',
    timeMode: 'relative',
    navCollapsed: false,
  };
}

function oneOf<const Value extends string>(values: readonly Value[], value: unknown, otherwise: Value): Value {
  return values.find((known) => known === value) ?? otherwise;
}

function readPrefs(text: string | null): Prefs {
  const first = firstPrefs();
  try {
    const stored = JSON.parse(text ?? '{}') as Partial<Record<keyof Prefs, unknown>>;
    return {
      locale: oneOf(locales, stored.locale, first.locale),
      theme: oneOf(themes, stored.theme, first.theme),
      timeMode: oneOf(timeModes, stored.timeMode, first.timeMode),
      navCollapsed: stored.navCollapsed === true,
    };
  } catch {
    return first;
  }
}

let current = $state.raw<Prefs>(readPrefs(localStorage.getItem(storageKey)));

const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');
let systemIsDark = $state(darkSystem.matches);

function isDark(): boolean {
  return current.theme === 'dark' || (current.theme === 'system' && systemIsDark);
}

function showTheme(): void {
  document.documentElement.classList.toggle('dark', isDark());
}

/** How this person wants to see the platform; kept in this browser, the same in all of its tabs. */
export const prefs = {
  get locale() {
    return current.locale;
  },
  get theme() {
    return current.theme;
  },
  get timeMode() {
    return current.timeMode;
  },
  get navCollapsed() {
    return current.navCollapsed;
  },
  /** Whether the page is dark now. */
  get dark() {
    return isDark();
  },
  /** Changes some of them, here and in the other tabs. */
  async set(change: Partial<Prefs>): Promise<void> {
    await take({ ...current, ...change });
    localStorage.setItem(storageKey, JSON.stringify(current));
  },
};

async function take(next: Prefs): Promise<void> {
  await setLocale(next.locale);
  current = next;
  showTheme();
}

/** Shows the page as preferred, before its first view; follows the other tabs and the system from then on. */
export async function startPrefs(): Promise<void> {
  await take(current);
  darkSystem.addEventListener('change', (event) => {
    systemIsDark = event.matches;
    showTheme();
  });
  window.addEventListener('storage', (event) => {
    if (event.key === storageKey) void take(readPrefs(event.newValue));
  });
}
