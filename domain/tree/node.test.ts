import { describe, expect, it } from 'vitest';
import { maxNodeDepth, nodePathSchema } from './node.ts';

describe('a full path', () => {
  it.each(['infra', 'infra.k8s.prod-01.node', '基础设施.数据库', 'a_b.c-d', Array(maxNodeDepth).fill('n').join('.')])(
    'may be %s',
    (path) => {
      expect(nodePathSchema.safeParse(path).success).toBe(true);
    },
  );

  it.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a b',
    '-a',
    '~1',
    'a/b',
    'a\0',
    'x'.repeat(64),
    Array(maxNodeDepth + 1)
      .fill('n')
      .join('.'),
  ])('may not be %j', (path) => {
    expect(nodePathSchema.safeParse(path).success).toBe(false);
  });
});
