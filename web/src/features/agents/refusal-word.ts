import { type MessageKey, t } from '#web/lib/i18n/index.svelte.ts';

const words: Readonly<Record<string, MessageKey>> = {
  'other-name': 'agents.refusedOtherName',
  'name-taken': 'agents.refusedNameTaken',
  'expired-token': 'agents.refusedExpired',
  'used-token': 'agents.refusedUsed',
  'bad-name': 'agents.refusedBadName',
  'identity-in-use': 'agents.refusedClone',
};

/** Why the gateway did not take an agent; a reason that this version does not know is said as it is. */
export function refusalWord(reason: string): string {
  const key = words[reason];
  return key === undefined ? reason : t(key);
}
