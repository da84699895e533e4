import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readConfig, settingNames } from './config.ts';

const valid = { SIGNALBOX_DATABASE_URL: 'postgres://localhost/signalbox' };

describe('the settings', () => {
  it('leave out what is empty or of others, and know what other programs of ours read', () => {
    const env = { ...valid, SIGNALBOX_API_PORT: '', SIGNALBOX_ODD: '', PATH: '/bin', SIGNALBOX_TOKEN: 'sbx_1' };
    expect(readConfig(env)).toMatchObject({ SIGNALBOX_API_PORT: 7380 });
  });

  it('are refused together: wrong values, misspelt and unknown names', () => {
    const env = {
      ...valid,
      SIGNALBOX_API_PORT: 'http',
      SIGNALBOX_WEBHOOKS_ALLOW_PRIVATE: 'false',
      SIGNALBOX_COLOUR: 'blue',
    };
    expect(() => readConfig(env)).toThrow(
      /SIGNALBOX_API_PORT: .*\n.*SIGNALBOX_WEBHOOKS_ALLOW_PRIVATE: is no setting; did you mean SIGNALBOX_WEBHOOK_ALLOW_PRIVATE\?\n.*SIGNALBOX_COLOUR: is no setting; unset it\n/,
    );
  });

  it('have every name that anything in this repository reads or sets', () => {
    const checkout = join(import.meta.dirname, '..');
    const text = execFileSync('git', ['grep', '-hoE', 'SIGNALBOX_[A-Z_]+[A-Z]', '--', ':!*.test.ts', ':!*.md'], {
      cwd: checkout,
      encoding: 'utf8',
    });
    const used = new Set(text.trim().split('\n'));
    expect(used.size).toBeGreaterThan(40);
    expect([...used].filter((name) => !settingNames.includes(name))).toEqual([]);
  });
});
