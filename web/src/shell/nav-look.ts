import type { Component } from 'svelte';
import Activity from '@lucide/svelte/icons/activity';
import BookOpen from '@lucide/svelte/icons/book-open';
import FileCode from '@lucide/svelte/icons/file-code';
import House from '@lucide/svelte/icons/house';
import Inbox from '@lucide/svelte/icons/inbox';
import ListTree from '@lucide/svelte/icons/list-tree';
import ScrollText from '@lucide/svelte/icons/scroll-text';
import Server from '@lucide/svelte/icons/server';
import SquareTerminal from '@lucide/svelte/icons/square-terminal';
import Users from '@lucide/svelte/icons/users';
import Webhook from '@lucide/svelte/icons/webhook';
import type { MessageKey } from '#web/lib/i18n/index.svelte.ts';
import type { NavName } from './nav-items.ts';

/** How each place of the navigation is called and drawn. */
export const navLook: Record<NavName, { readonly label: MessageKey; readonly icon: Component<{ size?: number }> }> = {
  home: { label: 'shell.home', icon: House },
  tree: { label: 'shell.tree', icon: ListTree },
  scripts: { label: 'shell.scripts', icon: FileCode },
  tasks: { label: 'shell.tasks', icon: SquareTerminal },
  inbox: { label: 'shell.inbox', icon: Inbox },
  agents: { label: 'shell.agents', icon: Server },
  users: { label: 'shell.users', icon: Users },
  webhooks: { label: 'shell.webhooks', icon: Webhook },
  audit: { label: 'shell.audit', icon: ScrollText },
  status: { label: 'shell.status', icon: Activity },
  apiDocs: { label: 'shell.apiDocs', icon: BookOpen },
};
