import type { identityNames } from '#domain/identity/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'not-signed-in': '您尚未登录，请使用密码或令牌登录。',
  'password-needed': '请先用当前密码登录。',
  'password-change-required': '请先修改一次性密码。',
  'wrong-name-or-password': '用户名或密码不正确。',
  'wrong-password': '不正确',
  'same-password': '与当前密码相同',
  'too-many-attempts': '尝试次数过多，请等一分钟再试。',
  'sign-in-refused': '登录被拒绝：{answer}',
  'sign-in-away': '暂时无法登录，请重试。',
  'no-permission': '您没有此操作的权限（{right}）。请联系管理员或节点负责人。',
  'no-permission-on': '您在 {node} 上没有此操作的权限（{right}）。请联系管理员或节点负责人。',
  'last-admin': '这是最后一位管理员。请先指定另一位管理员。',
  'no-such-user': '用户不存在或已停用。请检查用户名。',
  'unknown-user': '没有用户“{user}”。请检查用户名。',
  'reserved-name': '“{name}”在此另有含义，不能用作用户名，请换一个。',
  'no-such-token': '令牌不存在。',
  'no-role-here': '{user} 在该节点上没有直接授予的角色。',
} satisfies ReasonWords<typeof identityNames>;
