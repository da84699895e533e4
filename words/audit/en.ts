import type { auditNames } from '#domain/audit/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const en = {
  'no-such-audit-row': 'The audit has no such row.',
} satisfies ReasonWords<typeof auditNames>;
