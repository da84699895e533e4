import type { secretNames } from '#domain/secrets/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-secret': '该密钥不存在。',
  'no-such-secret-version': '密钥“{secret}”没有版本 {version}，或其值已被销毁。',
  'last-secret-version': '“{secret}”的最新版本不能销毁：请先轮换，或删除整个密钥。',
} satisfies ReasonWords<typeof secretNames>;
