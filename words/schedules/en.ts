import type { scheduleNames } from '#domain/schedules/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-schedule': 'There is no such schedule, or you may not see it.',
  'newer-schedule':
    'The schedule was edited since you read it: version {latest} is the latest. Read it again, then edit.',
  'not-a-cron':
    "This is no cron expression of five fields (minute, hour, day of month, month, day of week), like '{example}'.",
  'cron-never': 'There is no such day: it would never fire.',
  'cron-both-days': 'Give a day of the month or a day of the week, not both: for either, make two schedules.',
  'no-such-zone': "There is no time zone '{zone}'. Give an IANA name, like Europe/Berlin or Asia/Shanghai.",
  'schedule-paused': 'The schedule is paused.',
  'schedule-not-paused': 'The schedule is not paused, so there is nothing to continue.',
  'predecessor-runs': 'The firing of {due} is not over.',
  'predecessor-waits': 'The firing of {due} still waits for its approval.',
  'one-waits-already': 'The firing of {due} waits already for the one before it.',
  'replaced-by-later': 'The firing of {due} took its place.',
  'too-late': 'Nobody was there at {due}, and the catch-up window is over.',
  'proposal-refused': 'What it asks for is refused: {why}',
  'owner-gone': 'Its owner {owner} is disabled or gone. Whoever edits the schedule becomes its owner.',
} satisfies ReasonWords<typeof scheduleNames>;
