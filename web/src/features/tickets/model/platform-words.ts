import type { Say } from './say.ts';

const sentences: readonly (readonly [RegExp, Say['key']])[] = [
  [/^Rejected by (?<who>.+?): (?<message>[^]*)$/, 'tickets.endRejected'],
  [/^Withdrawn by (?<who>.+?): (?<message>[^]*)$/, 'tickets.endWithdrawnBecause'],
  [/^Withdrawn by (?<who>.+)$/, 'tickets.endWithdrawn'],
  [/^Step (?<step>\d+) was not decided in time, not even after it was escalated$/, 'tickets.endLateEscalated'],
  [/^Step (?<step>\d+) was not decided in time$/, 'tickets.endLate'],
  [/^Not approved before it expired at (?<time>.+)$/, 'tickets.endNotApproved'],
  [/^Not run before it expired at (?<time>.+)$/, 'tickets.endNotRun'],
  [/^Policy forbids it by now: (?<kind>\S+) on the whole tree$/, 'tickets.endForbiddenAnywhere'],
  [/^Policy forbids it by now: (?<kind>\S+) on (?<node>.+)$/, 'tickets.endForbidden'],
  [/^The content was altered after it was approved: (?<what>[^]*)\. It was not run$/, 'tickets.endAltered'],
  [/^Done by (?<who>.+?): (?<message>[^]*)$/, 'tickets.endDoneNote'],
  [/^Done by (?<who>.+)$/, 'tickets.endDone'],
  [/^Reported as failed by (?<who>.+?): (?<message>[^]*)$/, 'tickets.endFailedNote'],
  [/^Reported as failed by (?<who>.+)$/, 'tickets.endFailed'],
  [/^policy asks for another approval by now$/, 'tickets.whyPolicy'],
  [/^another agent serves (?<hosts>.+) by now$/, 'tickets.whyAgent'],
  [/^machines are bound to other nodes, or their agents changed, since it was asked for$/, 'tickets.whyMachines'],
  [/^this kind of change means something else by now$/, 'tickets.whyMeaning'],
  [/^no longer an approver: (?<who>.+)$/, 'tickets.whyApprovers'],
  [/^resubmitted$/, 'tickets.voidResubmitted'],
  [/^rejected afterwards$/, 'tickets.voidRejected'],
  [/^no longer an approver when it was to run$/, 'tickets.voidApprover'],
  [/^asked again: (?<why>[^]*)$/, 'tickets.voidAskedAgain'],
];

/**
 * A sentence of the platform (why a ticket ended, asks again, a decision is void) in the reader's words. Undefined for
 * one that is not known: it is shown as it came.
 */
export function platformSays(sentence: string): Say | undefined {
  for (const [pattern, key] of sentences) {
    const match = pattern.exec(sentence);
    if (match !== null) return { key, params: { ...match.groups } };
  }
  return undefined;
}

/** Each of the platform's reasons, which come as one text: known ones in the reader's words, others as they came. */
export function platformReasons(text: string): readonly (Say | string)[] {
  return text.split('; ').map((reason) => platformSays(reason) ?? reason);
}
