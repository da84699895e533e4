import type { messages as en } from './account.en.ts';

export const messages: Record<keyof typeof en, string> = {
  you: '基本信息',
  role: '角色',
  grants: '节点角色',
  preferences: '偏好设置',
  preferencesHint: '保存在当前浏览器。',
  tokensHint: '供命令行和 API 使用，令牌的权限与您本人相同。',
};
