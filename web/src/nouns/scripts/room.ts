import FileCode from '@lucide/svelte/icons/file-code';
import type { Room } from '#web/lib/room.ts';
import { scriptRoutes } from './routes.ts';

export const scriptRoom = {
  routes: scriptRoutes,
  messages: {
    scripts: { en: () => import('./messages/scripts.en.ts'), zh: () => import('./messages/scripts.zh.ts') },
  },
  places: [
    {
      name: 'scripts',
      label: { en: 'Scripts', zh: '脚本库' },
      icon: FileCode,
      href: scriptRoutes.scripts(),
      group: 'daily',
      order: 30,
      keys: 'g s',
    },
  ],
  searches: [
    {
      name: 'scripts',
      label: { en: 'Scripts', zh: '脚本' },
      icon: FileCode,
      find: async (q, limit) => {
        const { scripts } = await import('./client.ts');
        return (await scripts.list({ q, limit })).items.map(({ id, name, language }) => ({
          id: `script:${id}`,
          label: name,
          href: scriptRoutes.script(id),
          detail: language,
        }));
      },
    },
  ],
  commands: [
    {
      name: 'script',
      label: { en: 'New script', zh: '新建脚本' },
      href: scriptRoutes.newScript(),
      needs: 'script.edit',
    },
  ],
  rights: { 'script.edit': { en: 'Edit the script library', zh: '编辑脚本库' } },
} as const satisfies Room;
