import { type MessageKey, say, t } from '#web/lib/i18n/index.svelte.ts';
import type { PolicyView } from '#web/nouns/changes/policies-client.ts';
import { type Approver, type PolicyMode, type Span, spanOf, type SpanUnit, type TimeoutAction } from './policy-form.ts';
import type { Tone } from '#web/lib/ui/tone.ts';
import { kinds } from '#web/rooms.ts';

/** What a kind of change is called. */
export function kindWord(kind: PolicyView['kind']): string {
  return say(kinds[kind].all);
}

export function kindHint(kind: PolicyView['kind']): string {
  return say(kinds[kind].hint);
}

const modes: Readonly<Record<PolicyMode, { word: MessageKey; hint: MessageKey; tone: Tone }>> = {
  direct: { word: 'tree.modeDirect', hint: 'tree.modeDirectHint', tone: 'ok' },
  ticket: { word: 'tree.modeTicket', hint: 'tree.modeTicketHint', tone: 'warn' },
  forbidden: { word: 'tree.modeForbidden', hint: 'tree.modeForbiddenHint', tone: 'danger' },
};

export const policyModeNames = Object.keys(modes) as PolicyMode[];

export function modeWord(mode: PolicyMode): string {
  return t(modes[mode].word);
}

/** What a mode means for whoever wants to change something. */
export function modeHint(mode: PolicyMode): string {
  return t(modes[mode].hint);
}

export function modeTone(mode: PolicyMode): Tone {
  return modes[mode].tone;
}

/** Who may approve, in words. */
export function approverWord(approver: Approver): string {
  switch (approver.type) {
    case 'user':
      return approver.user;
    case 'role':
      return t('tree.approverRole', { role: approver.role });
    case 'owners':
      return t('tree.approverOwners');
  }
}

/** How many of a step's approvers it takes, in words. */
export function needWord(need: PolicyView['steps'][number]['need']): string {
  if (typeof need === 'number') return t('tree.needNumber', { n: need });
  return t(need === 'any' ? 'tree.needAny' : 'tree.needAll');
}

const timeouts: Readonly<Record<TimeoutAction, MessageKey>> = {
  escalate: 'tree.timeoutEscalate',
  refuse: 'tree.timeoutRefuse',
  pass: 'tree.timeoutPass',
};

export const timeoutActionNames = Object.keys(timeouts) as TimeoutAction[];

/** What happens when nobody decided in time. */
export function timeoutWord(action: TimeoutAction): string {
  return t(timeouts[action]);
}

const units: Readonly<Record<SpanUnit, { one: MessageKey; with: MessageKey }>> = {
  minutes: { one: 'tree.unitMinutes', with: 'tree.spanMinutes' },
  hours: { one: 'tree.unitHours', with: 'tree.spanHours' },
  days: { one: 'tree.unitDays', with: 'tree.spanDays' },
};

export function unitWord(unit: SpanUnit): string {
  return t(units[unit].one);
}

/** A time as `4 hours`. */
export function spanWords(ms: number): string {
  const span: Span = spanOf(ms);
  return t(units[span.unit].with, { n: span.amount });
}
