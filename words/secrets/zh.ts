import type { secretNames } from '#domain/secrets/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-secret': '该密钥不存在。',
  'no-such-secret-version': '密钥“{secret}”没有版本 {version}，或其值已被销毁。',
  'last-secret-version': '“{secret}”的最新版本不能销毁：请先轮换，或删除整个密钥。',
  'sealed-value-damaged': '{of} {key} 的密封值已损坏，任何主密钥都无法解封。请销毁后继续。',
  'no-secret-key': '密钥文件尚不存在：保存第一个密钥时会自动生成。',
  'no-such-secret-named': '没有名为“{secret}”的密钥，或您无权查看。',
  'may-not-use-secret': '您无权使用密钥“{secret}”：需要在其所属节点上拥有使用权限。',
  'secret-not-for-requester': '{requester} 已无权使用密钥“{secret}”，请由有权限的人重新提交。',
} satisfies ReasonWords<typeof secretNames>;
