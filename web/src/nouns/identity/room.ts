import Users from '@lucide/svelte/icons/users';
import { type Query, withQuery } from '#web/lib/api/http.ts';
import type { Room } from '#web/lib/room.ts';

const routes = {
  signIn: (next?: string) => withQuery('/sign-in', { next }),
  account: () => '/account',
  users: (query: Query = {}) => withQuery('/admin/users', query),
};

export const identityRoom = {
  routes,
  messages: {
    tokens: { en: () => import('./messages/tokens.en.ts'), zh: () => import('./messages/tokens.zh.ts') },
    account: { en: () => import('./messages/account.en.ts'), zh: () => import('./messages/account.zh.ts') },
    users: { en: () => import('./messages/users.en.ts'), zh: () => import('./messages/users.zh.ts') },
  },
  places: [
    {
      name: 'users',
      label: { en: 'Users', zh: '用户' },
      icon: Users,
      href: routes.users(),
      group: 'admin',
      order: 10,
      needs: 'user.manage',
    },
    {
      name: 'account',
      label: { en: 'Account', zh: '个人设置' },
      icon: Users,
      href: routes.account(),
      group: 'own',
      order: 10,
    },
  ],
  rights: { 'user.manage': { en: 'Manage users and their tokens', zh: '管理用户及其令牌' } },
} as const satisfies Room;
