import type { changeNames } from '#domain/changes/names.ts';
import type { ReasonWords } from '../reason-words.ts';

export const zh = {
  'unknown-kind': '没有变更类型“{kind}”，可用的有：{known}',
  'change-forbidden': '策略禁止在相关节点上执行 {kind}。请联系管理员调整策略。',
  'protected-by-policy': '{node} 上 {kind} 的策略保护着此处，只有可编辑策略的人才能这样做。请联系管理员。',
  'protected-everywhere': '整棵服务树上 {kind} 的策略保护着此处，只有可编辑策略的人才能这样做。请联系管理员。',
  'no-such-policy': '此处没有为 {kind} 设置策略。',
  'nobody-can-approve': '没有指定可以审批的人',
  'too-few-can-approve': '需要 {needed} 人审批，但只指定了 {people} 位可以审批的人',
  'steps-need-a-ticket': '只有 ticket 模式需要审批，{mode} 模式不需要',
  'escalates-to-nobody': '请指定升级后的审批人',
  'run-time-in-the-past': '已经过去',
  'expiry-in-the-past': '已经过去',
  'expires-before-it-runs': '必须晚于 runAt',
  'policy-asks-again': '策略现在要求不同的审批',
  'kind-means-something-else': '此类变更的含义已有变化',
} satisfies ReasonWords<typeof changeNames>;
