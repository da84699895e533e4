import type { platformNames } from '#domain/platform/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  internal: 'Something went wrong here; the log has it under this request id.',
  starting: 'Signalbox is starting. Try again in a moment.',
  'database-away': 'The database cannot be reached. Try again in a moment.',
  'too-busy': 'Too much was going on at once. Try again.',
  'too-many-streams': 'Too many streams of live events are open here. Try again later.',
  'no-web': 'The web is not built here; `npm start` builds it.',
  'no-such-address': 'There is nothing under this address.',
  'not-json': 'The body is not JSON.',
  'media-type': 'Content-Type must be application/json.',
  unreadable: 'The request cannot be read: {fault}',
  'body-too-large': 'The body is larger than {most} bytes.',
  'unknown-field': 'is not known here; leave it out',
  'misspelt-field': "is not known here; did you mean '{nearest}'?",
  'cannot-be-stored': 'A value cannot be stored as given.',
  'is-there-already': 'There is one already.',
  'changed-meanwhile': 'Something it refers to has changed meanwhile. Reload and try again.',
  'idempotency-key-reused': 'This Idempotency-Key was used for another request.',
  'not-a-cursor': 'is not a cursor of this list',
  'no-such-topic': "there is no topic '{topic}'",
  'topic-count': 'give 1 to {most} topics',
  'not-an-event': 'is not an id of an event',
  'cross-site': 'This request does not come from our own pages. Reload the page.',
  'no-such-operation': 'This operation is not known. Reload the page.',
  'name-taken': "The name '{name}' is taken. Choose another.",
} satisfies ReasonWords<typeof platformNames>;
