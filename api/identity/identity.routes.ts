import type { Context } from 'hono';
import { hashPassword } from 'better-auth/crypto';
import { hashToken } from '#api/kernel/auth/authenticate.ts';
import { oneTimePassword } from './first-users.ts';
import * as contract from './identity.contract.ts';
import { auditRequest } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import type { ApiEnv } from '#api/kernel/http/env.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import type { Database, Tx } from '#db/database.ts';
import { createToken, newTokenSecret, revokeToken } from '#ledger/identity/tokens.ts';
import { listTokens } from '#db/identity/tokens.ts';
import { createUser, updateUser } from '#ledger/identity/users.ts';
import { findUser, listUsers, type UserSummary } from '#db/identity/users.ts';
import { listGrantsOfUser } from '#db/tree/grants.ts';
import { Problem } from '#domain/errors.ts';
import { type Action, actions } from '#domain/names.ts';
import { can } from '#domain/identity/permissions.ts';
import { because } from '#domain/reasons.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Users, their tokens, and who is asking. */
export function addIdentityRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.whoami, async (c) => {
    const { actor, via, mustChangePassword } = callerOf(c);
    return c.json(
      {
        id: actor.id,
        name: actor.name,
        role: actor.role,
        via,
        mustChangePassword,
        grants: await listGrantsOfUser(db, actor.id),
        actions: (Object.keys(actions) as Action[]).filter((action) => can(actor, action)),
      },
      200,
    );
  });

  register(contract.createUser, async (c) => {
    const { name, role, withPassword } = c.req.valid('json');
    const password = withPassword ? oneTimePassword() : undefined;
    const passwordHash = password === undefined ? undefined : await hashPassword(password);
    const secret = newTokenSecret();
    const secretHash = await hashToken(secret);
    const user = await transact(db, async (tx) => {
      const created = await createUser(tx, { name, role, passwordHash, mustChangePassword: withPassword });
      await createToken(tx, { userId: created.id, secret, secretHash, name: 'first' });
      auditRequest(tx, c, { action: 'user.create', target: created.name, details: { id: created.id, role } });
      return created;
    });
    return c.json({ id: user.id, name: user.name, role: user.role, token: secret, ...(password && { password }) }, 201);
  });

  register(contract.listUsers, async (c) => {
    const { limit, cursor, q } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const rows = await listUsers(db, { after, limit: limit + 1, q });
    return c.json(
      pageFrom(
        rows,
        limit,
        (user) => [user.name],
        (user) => user,
      ),
      200,
    );
  });

  register(contract.updateUser, async (c) => {
    const change = c.req.valid('json');
    const user = await needUser(db, c.req.valid('param').user);
    const updated = await transact(db, async (tx) => {
      const after = await updateUser(tx, user.id, change);
      const before = { role: user.role, disabled: user.disabled };
      auditRequest(tx, c, { action: 'user.update', target: user.name, details: { before, after: change } });
      return after;
    });
    return c.json(updated, 200);
  });

  register(contract.createUserToken, async (c) => {
    const user = await needUser(db, c.req.valid('param').user);
    return c.json(await issueToken(c, user, c.req.valid('json')), 201);
  });

  register(contract.listUserTokens, async (c) => {
    const user = await needUser(db, c.req.valid('param').user);
    return c.json({ items: await listTokens(db, user.id) }, 200);
  });

  register(contract.revokeUserToken, async (c) => {
    const { user, token } = c.req.valid('param');
    await dropToken(c, await needUser(db, user), token);
    return c.body(null, 204);
  });

  register(contract.createToken, async (c) => c.json(await issueToken(c, callerOf(c).actor, c.req.valid('json')), 201));

  register(contract.listTokens, async (c) => c.json({ items: await listTokens(db, callerOf(c).actor.id) }, 200));

  register(contract.revokeToken, async (c) => {
    await dropToken(c, callerOf(c).actor, c.req.valid('param').token);
    return c.body(null, 204);
  });

  async function issueToken(
    c: Context<ApiEnv>,
    user: { id: string; name: string },
    input: { name?: string | undefined; expiresInDays?: number | undefined },
  ) {
    const secret = newTokenSecret();
    const secretHash = await hashToken(secret);
    const token = await transact(db, async (tx: Tx) => {
      const made = await createToken(tx, { userId: user.id, secret, secretHash, ...input });
      auditRequest(tx, c, {
        action: 'token.create',
        target: user.name,
        details: { id: made.id, name: made.name },
      });
      return made;
    });
    return { ...token, token: secret };
  }

  async function dropToken(c: Context<ApiEnv>, user: { id: string; name: string }, tokenId: string): Promise<void> {
    await transact(db, async (tx: Tx) => {
      const gone = await revokeToken(tx, user.id, tokenId);
      if (gone === undefined) throw new Problem('not-found', because('no-such-token'));
      auditRequest(tx, c, {
        action: 'token.revoke',
        target: user.name,
        details: { id: gone.id, name: gone.name },
      });
    });
  }
}

/** The user that a path or a body names, or Problem `not-found`. */
export async function needUser(db: Database, idOrName: string): Promise<UserSummary> {
  const user = await findUser(db, idOrName);
  if (user === undefined) throw new Problem('not-found', because('unknown-user', { user: idOrName }));
  return user;
}
