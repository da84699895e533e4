import type { scriptNames } from '#domain/scripts/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-script': "There is no script '{script}'. It may have been deleted.",
  'no-such-version': 'There is no version {version}.',
  'newer-version': 'Somebody has saved a newer version ({latest}) meanwhile. Compare with it, then save again.',
  'no-change': 'It is the same as version {latest}, so there is nothing to save.',
} satisfies ReasonWords<typeof scriptNames>;
