import { randomInt } from 'node:crypto';
import { hashPassword } from 'better-auth/crypto';
import { z } from 'zod';
import { hashToken } from '#api/kernel/auth/authenticate.ts';
import { audit } from '#ledger/audit/audit.ts';
import type { Database, Tx } from '#db/database.ts';
import { findCallerByToken } from '#db/identity/callers.ts';
import { createToken, newTokenSecret, revokeTokensNamed } from '#ledger/identity/tokens.ts';
import { createUser, lockUsers } from '#ledger/identity/users.ts';
import { findUser, hasUsers } from '#db/identity/users.ts';
import { readSecretFile, writeSecretFile } from '#platform/secret-files.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Name of the first administrator. */
export const bootstrapAdminName = 'admin';
const cliTokenName = 'local-cli';
const platform = { id: null, name: 'signalbox' };

/** Files by which the people of this machine get in, all readable by their owner only. */
export interface SignInFiles {
  /** One-time password of the first administrator; gone once it is changed. */
  readonly firstPassword: string;
  /** `{url, token}` for the CLI. */
  readonly signIn: string;
}

const signInSchema = z.object({ url: z.string(), token: z.string() });

/**
 * Makes the first administrator and the CLI's token where there is no user yet. The files are written before the
 * commit: a crash in between leaves files that open nothing, and the next start makes them anew. Later starts keep the
 * sign-in file's address true, and replace a token in it that opens nothing.
 */
export async function ensureFirstUsers(db: Database, files: SignInFiles, url: string): Promise<void> {
  const passwordHash = (await hasUsers(db)) ? undefined : await preparePassword();
  await transact(db, async (tx) => {
    await lockUsers(tx);
    if (passwordHash !== undefined && !(await hasUsers(tx))) {
      await writeSecretFile(files.firstPassword, `${passwordHash.password}\n`);
      const admin = await createUser(tx, {
        name: bootstrapAdminName,
        role: 'admin',
        passwordHash: passwordHash.hash,
        mustChangePassword: true,
      });
      await issueCliToken(tx, admin.id, files.signIn, url);
      audit(tx, {
        actor: platform,
        action: 'user.create',
        target: admin.name,
        details: { role: 'admin', first: true },
      });
      return;
    }
    await refreshSignIn(tx, files.signIn, url);
  });
}

async function refreshSignIn(tx: Tx, path: string, url: string): Promise<void> {
  const text = await readSecretFile(path);
  if (text === undefined) return;
  const found = parse(text);
  const valid = found !== undefined && (await findCallerByToken(tx, await hashToken(found.token))) !== undefined;
  if (valid) {
    if (found.url !== url) await writeSecretFile(path, JSON.stringify({ url, token: found.token }));
    return;
  }
  const admin = await findUser(tx, bootstrapAdminName);
  if (admin === undefined || admin.disabled || admin.role !== 'admin') return;
  await issueCliToken(tx, admin.id, path, url);
  audit(tx, {
    actor: platform,
    action: 'token.create',
    target: admin.name,
    details: { name: cliTokenName },
  });
}

async function issueCliToken(tx: Tx, userId: string, path: string, url: string): Promise<void> {
  const secret = newTokenSecret();
  await writeSecretFile(path, JSON.stringify({ url, token: secret }));
  await revokeTokensNamed(tx, userId, cliTokenName);
  await createToken(tx, { userId, secret, secretHash: await hashToken(secret), name: cliTokenName });
}

function parse(text: string): z.infer<typeof signInSchema> | undefined {
  try {
    return signInSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

async function preparePassword(): Promise<{ password: string; hash: string }> {
  const password = oneTimePassword();
  return { password, hash: await hashPassword(password) };
}

/** 100 random bits in four groups, without letters that look alike. */
export function oneTimePassword(): string {
  const alphabet = 'abcdefghjkmnpqrstuvwxyz23456789A';
  const group = () => Array.from({ length: 5 }, () => alphabet[randomInt(alphabet.length)]).join('');
  return Array.from({ length: 4 }, group).join('-');
}
