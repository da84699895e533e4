import { t } from '#web/lib/i18n/index.svelte.ts';

/** What the preferences can be, in words; call it while rendering. */
export const prefOptions = {
  theme: () => [
    { value: 'system' as const, label: t('shell.themeSystem') },
    { value: 'light' as const, label: t('shell.themeLight') },
    { value: 'dark' as const, label: t('shell.themeDark') },
  ],
  locale: () => [
    { value: 'en' as const, label: t('shell.languageEnglish') },
    { value: 'zh' as const, label: t('shell.languageChinese') },
  ],
  timeMode: () => [
    { value: 'relative' as const, label: t('shell.timeRelative') },
    { value: 'local' as const, label: t('shell.timeLocal') },
    { value: 'utc' as const, label: t('shell.timeUtc') },
  ],
};
