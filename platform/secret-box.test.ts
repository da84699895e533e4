import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSecretBox } from './secret-box.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-box-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const box = (file = '') => openSecretBox({ SIGNALBOX_DATA: folder, SIGNALBOX_SECRET_KEY_FILE: file });

describe('the secret box', () => {
  it('opens what another process sealed, each time sealed differently, with a key that only we may read', async () => {
    const sealed = await Promise.all(Array.from({ length: 8 }, () => box().seal('whsec_abc', 'webhook:1')));
    expect(new Set(sealed).size).toBe(8);
    expect(new Set(sealed.map((text) => text.split('.')[1])).size).toBe(1);
    for (const text of sealed) {
      expect(text).not.toContain('abc');
      expect(await box().open(text, 'webhook:1')).toBe('whsec_abc');
    }
    expect(statSync(join(folder, 'keys', 'secret-key')).mode & 0o777).toBe(0o600);
  });

  it('opens for nobody else, nor what was altered, at any place', async () => {
    const sealed = await box().seal('whsec_abc', 'webhook:1');
    await expect(box().open(sealed, 'webhook:2')).rejects.toThrow();
    for (let at = 0; at < sealed.length; at += 1) {
      const other = sealed[at] === 'A' ? 'Q' : 'A';
      const altered = sealed.slice(0, at) + other + sealed.slice(at + 1);
      const opened = await box()
        .open(altered, 'webhook:1')
        .catch(() => undefined);
      // The last character of base64 may carry bits that mean nothing.
      if (opened !== undefined) expect(Buffer.from(altered, 'base64url')).toEqual(Buffer.from(sealed, 'base64url'));
    }
  });

  it('tells a missing key, a wrong key and no key apart, and makes none to open something', async () => {
    const sealed = await box().seal('whsec_abc', 'webhook:1');
    const missing = join(folder, 'elsewhere');
    await expect(box(missing).open(sealed, 'webhook:1')).rejects.toThrow('is not there');
    expect(() => statSync(missing)).toThrow('ENOENT');
    await box(missing).seal('x', 'y');
    await expect(box(missing).open(sealed, 'webhook:1')).rejects.toThrow('was sealed with key');
    const empty = join(folder, 'empty');
    writeFileSync(empty, '\n');
    await expect(box(empty).seal('x', 'y')).rejects.toThrow('holds no key');
  });
});
