import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashToken } from '#api/kernel/auth/authenticate.ts';
import { findCallerByToken } from '#db/identity/callers.ts';
import { lockJoinToken, registerAuthority } from '#ledger/agents/join-tokens.ts';
import { findNode } from '#db/tree/nodes.ts';
import { parseJoinToken } from '#domain/agents/agent.ts';
import { silentLogger } from '#platform/logging.ts';
import { createTestDatabase, type TestDatabase } from '#tests/support/database.ts';
import { ensureFirstUsers } from '#api/identity/first-users.ts';
import { localNodePath, offerLocalJoinToken } from '#api/agents/local-agent.ts';
import { readOrMakeSecret } from '#platform/secret-files.ts';
import { transact } from '#ledger/kernel/transact.ts';

let database: TestDatabase;
let folder = '';
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.remove());
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'signalbox-bootstrap-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const files = () => ({ firstPassword: join(folder, 'first-password'), signIn: join(folder, 'signin.json') });
const signIn = () => JSON.parse(readFileSync(files().signIn, 'utf8')) as { url: string; token: string };
const opens = async (token: string) => (await findCallerByToken(database.db, await hashToken(token))) !== undefined;

describe('the first start', () => {
  it('leaves no user behind when it dies before the commit, and the next one makes it all anew', async () => {
    const dying = transact(database.db, async (tx) => {
      // The same code in a transaction that is never committed: what a kill -9 leaves.
      await ensureFirstUsers(
        {
          transaction: () => ({ execute: (run: (inner: unknown) => unknown) => run(tx) }),
          selectFrom: tx.selectFrom.bind(tx),
        } as never,
        files(),
        'http://a',
      );
      throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    const lost = signIn();
    expect(await opens(lost.token)).toBe(false);
    await ensureFirstUsers(database.db, files(), 'http://a');
    expect(await opens(signIn().token)).toBe(true);
    expect(signIn().token).not.toBe(lost.token);
    expect(statSync(files().firstPassword).mode & 0o777).toBe(0o600);
  });

  it('is repeated without effect, but for an address that has changed or a token that opens nothing', async () => {
    await ensureFirstUsers(database.db, files(), 'http://b');
    // Another data folder on a ledger with users: nothing is handed out.
    expect(existsSync(files().signIn)).toBe(false);
    writeFileSync(files().signIn, '{"url":"http://a","token":"sbx_gone"}');
    await ensureFirstUsers(database.db, files(), 'http://b');
    const { token, url } = signIn();
    expect([url, await opens(token)]).toEqual(['http://b', true]);
    await ensureFirstUsers(database.db, files(), 'http://c');
    expect(signIn()).toEqual({ url: 'http://c', token });
    expect(existsSync(files().firstPassword)).toBe(false);
  });

  it('makes one signing key, however many processes come at once', async () => {
    const path = join(folder, 'keys', 'auth-secret');
    const secrets = await Promise.all(Array.from({ length: 8 }, () => readOrMakeSecret(path)));
    expect(new Set(secrets).size).toBe(1);
    expect(secrets[0]?.length).toBeGreaterThan(40);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('offers a join token for the agent of this machine once there is an authority, and keeps it', async () => {
    const file = join(folder, 'join');
    const abort = new AbortController();
    const offering = offerLocalJoinToken(database.db, file, silentLogger, abort.signal);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect(existsSync(file)).toBe(false);
    await registerAuthority(database.db, { sha256: 'a'.repeat(64), certificatePem: 'pem' });
    await offering;
    const text = readFileSync(file, 'utf8');
    const token = parseJoinToken(text);
    expect(token?.caSha256).toBe('a'.repeat(64));
    const node = await findNode(database.db, localNodePath);
    const row = await transact(database.db, (tx) => lockJoinToken(tx, token?.id ?? ''));
    expect(row).toMatchObject({ nodeId: node?.id, expired: false });
    await offerLocalJoinToken(database.db, file, silentLogger, abort.signal);
    expect(readFileSync(file, 'utf8')).toBe(text);
    rmSync(file);
    await offerLocalJoinToken(database.db, file, silentLogger, abort.signal);
    expect(parseJoinToken(readFileSync(file, 'utf8'))?.id).not.toBe(token?.id);
  });
});
