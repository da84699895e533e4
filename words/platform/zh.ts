import type { platformNames } from '#domain/platform/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  internal: '服务器内部出错；日志中可按此请求编号查到详情。',
  starting: 'Signalbox 正在启动，请稍后重试。',
  'database-away': '数据库暂时不可用，请稍后重试。',
  'too-busy': '并发操作过多，请重试。',
  'too-many-streams': '实时事件流的连接过多，请稍后重试。',
  'no-web': '此处没有构建网页；运行 `npm start` 会构建。',
  'no-such-address': '该地址不存在。',
  'not-json': '请求体不是 JSON。',
  'media-type': 'Content-Type 必须是 application/json。',
  unreadable: '无法读取该请求：{fault}',
  'body-too-large': '请求体超过 {most} 字节。',
  'unknown-field': '不是已知的字段，请去掉',
  'misspelt-field': '不是已知的字段，是否想写“{nearest}”？',
  'cannot-be-stored': '有的值无法按原样保存。',
  'is-there-already': '已经存在，不能重复创建。',
  'changed-meanwhile': '所引用的内容已发生变化。请刷新后重试。',
  'idempotency-key-reused': '该 Idempotency-Key 已用于另一个请求。',
  'not-a-cursor': '不是该列表的游标',
  'no-such-topic': '没有主题“{topic}”',
  'topic-count': '请给出 1 到 {most} 个主题',
  'not-an-event': '不是事件编号',
  'cross-site': '请求来自其他站点，已被拒绝。请刷新页面。',
  'no-such-operation': '找不到该操作。请刷新页面。',
  'name-taken': '名称“{name}”已被占用，请换一个。',
} satisfies ReasonWords<typeof platformNames>;
