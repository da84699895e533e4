/** What a colour says; each has the same meaning everywhere. */
export type Tone = 'ok' | 'danger' | 'warn' | 'info' | 'idle' | 'accent';

/** Classes of text of a tone on its own soft ground. */
export const softTone: Readonly<Record<Tone, string>> = {
  ok: 'bg-ok-soft text-ok',
  danger: 'bg-danger-soft text-danger',
  warn: 'bg-warn-soft text-warn',
  info: 'bg-info-soft text-info',
  idle: 'bg-idle-soft text-idle',
  accent: 'bg-accent-soft text-accent',
};

/** Class of text of a tone on the page's own ground. */
export const textTone: Readonly<Record<Tone, string>> = {
  ok: 'text-ok',
  danger: 'text-danger',
  warn: 'text-warn',
  info: 'text-info',
  idle: 'text-idle',
  accent: 'text-accent',
};

/** Class of a full area of a tone. */
export const solidTone: Readonly<Record<Tone, string>> = {
  ok: 'bg-ok',
  danger: 'bg-danger',
  warn: 'bg-warn',
  info: 'bg-info',
  idle: 'bg-idle',
  accent: 'bg-accent',
};
