import type { Room } from '#web/lib/room.ts';

export const secretRoom = {
  rights: {
    'secret.view': { en: 'See which secrets there are', zh: '查看有哪些密钥' },
    'secret.use': { en: 'Use secrets in tasks', zh: '在任务中使用密钥' },
    'secret.edit': { en: 'Keep, rotate and destroy secrets', zh: '保存、轮换和销毁密钥' },
    'secret.rotate-key': { en: 'Rotate the key that seals secrets', zh: '轮换用于密封密钥的主密钥' },
  },
} as const satisfies Room;
