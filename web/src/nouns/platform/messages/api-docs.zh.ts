import type { messages as en } from './api-docs.en.ts';

export const messages: Record<keyof typeof en, string> = {
  title: 'API 文档',
  hint: '网页和命令行的所有功能都通过此 API 实现。',
  try: '在此试用的请求是真实请求，以您（{name}）的身份发出。',
  token: '程序使用 API 令牌认证：',
  getToken: '创建 API 令牌',
  raw: 'openapi.json',
  failed: '文档查看器加载失败',
};
