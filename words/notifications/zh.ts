import type { notificationNames } from '#domain/notifications/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'no-such-delivery': '投递记录不存在。',
  'delivery-pending': '该投递仍在重试中，请等待其结束。',
  'no-such-webhook': 'Webhook“{webhook}”不存在。',
  'webhook-disabled': 'Webhook {webhook} 已停用，请先启用。',
  'receiver-gone': '接收方返回 410，不再接收消息。',
  'not-an-address': '不是有效的地址',
  'not-http': '必须是 http 或 https 地址',
  'address-with-password': '不能包含用户名和密码',
  'metadata-address': '{host} 是云平台存放密钥的地址',
  'private-address': '{host} 是内网或保留地址；如需允许，请设置 SIGNALBOX_WEBHOOK_ALLOW_PRIVATE',
} satisfies ReasonWords<typeof notificationNames>;
