import type { RouteDeps } from '#api/kernel/deps.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import type { Register } from '#api/kernel/http/register.ts';
import type { Database } from '#db/database.ts';
import { listAudit, listAuditNodes, verifyAudit } from '#db/audit/audit-rows.ts';
import { findUser } from '#db/identity/users.ts';
import { findNode } from '#db/tree/nodes.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import * as contract from './audit.contract.ts';

/** The audit: its rows, and whether the chain holds. */
export function addAuditRoutes(register: Register, { database: { db } }: RouteDeps): void {
  register(contract.listAudit, async (c) => {
    const { limit, cursor, ...asked } = c.req.valid('query');
    const beforeId = readCursor(cursor, [cursorPart.number])?.[0];
    const filter = { ...asked, ...(await asSpelled(db, asked)), beforeId };
    const rows = await listAudit(db, filter, limit + 1);
    return c.json(
      pageFrom(
        rows,
        limit,
        (row) => [row.id],
        (row) => ({ ...row, nodes: [...row.nodes] }),
      ),
      200,
    );
  });

  register(contract.listAuditNodes, async (c) => {
    const { limit, cursor } = c.req.valid('query');
    const after = Number(readCursor(cursor, [cursorPart.number])?.[0] ?? 0);
    const nodes = await listAuditNodes(db, c.req.valid('param').id, { after, limit: limit + 1 });
    if (nodes === undefined) throw new Problem('not-found', because('no-such-audit-row'));
    return c.json(
      pageFrom(
        nodes,
        limit,
        (node) => [node.ord],
        ({ path }) => ({ path }),
      ),
      200,
    );
  });

  register(contract.verifyAudit, async (c) => {
    const { rows, brokenAt, head } = await verifyAudit(db);
    return c.json({ rows, intact: brokenAt === undefined, brokenAt: brokenAt ?? null, head }, 200);
  });
}

/** Names as rows have them, where they are names of what there is. Rows of what is gone are found by its exact name. */
async function asSpelled(
  db: Database,
  { actor, node }: { actor?: string | undefined; node?: string | undefined },
): Promise<{ actor?: string | undefined; node?: string | undefined }> {
  return {
    actor: actor && ((await findUser(db, actor))?.name ?? actor),
    node: node && ((await findNode(db, node))?.path ?? node),
  };
}
