import type { NodeRole, UserRole } from '#domain/identity/roles.ts';
import { type Phrase, say } from '#web/lib/i18n/index.svelte.ts';

interface RoleWords {
  readonly word: Phrase;
  readonly hint: Phrase;
}

const userWords: Readonly<Record<UserRole, RoleWords>> = {
  admin: {
    word: { en: 'Administrator', zh: '管理员' },
    hint: {
      en: 'Everything, also users, webhooks, policies and the audit.',
      zh: '全部权限，包括用户、Webhook、策略和审计。',
    },
  },
  ops: {
    word: { en: 'Operations', zh: '运维' },
    hint: {
      en: 'Changes the tree, edits scripts and runs tasks everywhere.',
      zh: '可在所有节点上调整服务树、编辑脚本、执行任务。',
    },
  },
  viewer: {
    word: { en: 'Viewer', zh: '只读' },
    hint: {
      en: 'Sees nodes, tasks, tickets and agents everywhere, and can be an approver.',
      zh: '可查看所有节点、任务、工单和 Agent，可担任审批人。',
    },
  },
  none: {
    word: { en: 'None', zh: '无' },
    hint: { en: 'Nothing but what is granted on nodes.', zh: '仅拥有在节点上单独授予的权限。' },
  },
};

const nodeWords: Readonly<Record<NodeRole, RoleWords>> = {
  'ops-owner': {
    word: { en: 'Operations owner', zh: '运维负责人' },
    hint: {
      en: 'Changes nodes, binds machines, grants roles, runs tasks; asked as owner by policies.',
      zh: '可修改节点、绑定主机、授权、执行任务，并作为负责人参与审批。',
    },
  },
  'dev-owner': {
    word: { en: 'Development owner', zh: '研发负责人' },
    hint: { en: 'Sees nodes, machines, tasks and tickets here.', zh: '可查看此处的节点、主机、任务和工单。' },
  },
  viewer: {
    word: { en: 'Viewer', zh: '只读' },
    hint: { en: 'Sees nodes, machines, tasks and tickets here.', zh: '可查看此处的节点、主机、任务和工单。' },
  },
};

/** Roles that can be granted on a node, the strongest first. */
export const nodeRoleNames = Object.keys(nodeWords) as NodeRole[];

/** A role for the whole tree, in words. */
export function userRoleWord(role: UserRole): string {
  return say(userWords[role].word);
}

/** What somebody of this role may do, in a sentence. */
export function userRoleHint(role: UserRole): string {
  return say(userWords[role].hint);
}

/** A role on a node, in words. */
export function nodeRoleWord(role: NodeRole): string {
  return say(nodeWords[role].word);
}

/** What a role on a node lets somebody do. */
export function nodeRoleHint(role: NodeRole): string {
  return say(nodeWords[role].hint);
}
