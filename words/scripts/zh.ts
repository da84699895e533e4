import type { scriptNames } from '#domain/scripts/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-script': '脚本“{script}”不存在，可能已被删除。',
  'no-such-version': '版本 {version} 不存在。',
  'newer-version': '他人已保存了更新的版本（{latest}）。请对比后再次保存。',
  'no-change': '内容与版本 {latest} 相同，无需保存。',
} satisfies ReasonWords<typeof scriptNames>;
