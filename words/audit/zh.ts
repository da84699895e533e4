import type { auditNames } from '#domain/audit/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-audit-row': '审计中没有这一行。',
} satisfies ReasonWords<typeof auditNames>;
