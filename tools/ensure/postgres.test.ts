import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommand } from './command.ts';
import { userCan } from './database-user.ts';
import { PartMissing } from './part.ts';
import { databaseUser, postgresBinaries } from './postgres.ts';

const isRoot = process.getuid?.() === 0;

describe('postgresBinaries', () => {
  it('answers programs that run as the user who will run them', async () => {
    const { initdb, postgres, version } = await postgresBinaries();
    const user = databaseUser();
    const as = { cwd: '/', uid: user?.uid, gid: user?.gid };
    expect(await runCommand(postgres, ['--version'], as)).toContain(version);
    expect(await runCommand(initdb, ['--version'], as)).toContain(version);
  });

  it('takes the setting first, and says when it is wrong', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-postgres-'));
    const wrong = postgresBinaries({ env: { SIGNALBOX_POSTGRES_BIN: folder } });
    await expect(wrong).rejects.toThrow(PartMissing);
    await expect(wrong).rejects.toThrow(folder);
    rmSync(folder, { recursive: true });
    const { binDir } = await postgresBinaries();
    expect((await postgresBinaries({ env: { SIGNALBOX_POSTGRES_BIN: binDir } })).binDir).toBe(binDir);
  });
});

describe.runIf(isRoot)('databaseUser as root', () => {
  it('is a user of its own, who cannot enter a private folder of root', () => {
    const user = databaseUser();
    expect(['postgres', 'signalbox']).toContain(user?.name);
    const folder = mkdtempSync(join(tmpdir(), 'signalbox-private-'));
    expect(userCan(user, '-x', folder)).toBe(false);
    expect(userCan(user, '-x', tmpdir())).toBe(true);
    rmSync(folder, { recursive: true });
  });
});
