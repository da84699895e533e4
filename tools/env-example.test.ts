import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configSchema } from '#platform/config.ts';
import { startOnlySchema } from '#platform/start-only-settings.ts';

describe('.env.example', () => {
  it('lists every setting once, and none that is not read', () => {
    const text = readFileSync(join(import.meta.dirname, '..', '.env.example'), 'utf8');
    const listed = [...text.matchAll(/^#?(SIGNALBOX_[A-Z_]+)=/gm)].map(([, name]) => name);
    const read = [...Object.keys(configSchema.shape), ...Object.keys(startOnlySchema.shape)];
    expect(listed.toSorted()).toEqual(read.toSorted());
  });
});
