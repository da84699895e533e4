import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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

  it('seals with the first key of the file, opens with each, and moves what another sealed to the first', async () => {
    const path = join(folder, 'keys-of-all');
    const old = await box(path).seal('whsec_abc', 'webhook:1');
    const [oldId = ''] = await box(path).keyIds();
    const oldKey = readFileSync(path, 'utf8').trim();
    const newKey = 'n'.repeat(40);
    writeFileSync(path, `${newKey}\n\n${oldKey}\r\n`);
    const [newId = '', ...others] = await box(path).keyIds();
    expect(others).toEqual([oldId]);
    expect(await box(path).open(old, 'webhook:1')).toBe('whsec_abc');
    expect((await box(path).seal('x', 'y')).split('.')[1]).toBe(newId);
    const moved = await box(path).rewrap(old, 'webhook:1');
    expect([moved.split('.')[1], moved.split('.')[3]]).toEqual([newId, old.split('.')[3]]);
    expect(await box(path).rewrap(moved, 'webhook:1')).toBe(moved);
    await expect(box(path).rewrap(old, 'webhook:2')).rejects.toThrow();
    writeFileSync(path, newKey);
    expect(await box(path).open(moved, 'webhook:1')).toBe('whsec_abc');
    await expect(box(path).open(old, 'webhook:1')).rejects.toThrow(`was sealed with key ${oldId}`);
    await expect(box(path).rewrap(old, 'webhook:1')).rejects.toThrow('was sealed with key');
    writeFileSync(path, `${newKey}\nshort\n`);
    await expect(box(path).open(moved, 'webhook:1')).rejects.toThrow('holds no key');
    expect(await box(join(folder, 'none')).keyIds()).toEqual([]);
  });
});
