import { needWords } from '#web/lib/i18n/index.svelte.ts';

export const load = () => needWords('schedules');
