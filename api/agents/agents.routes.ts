import * as contract from './agents.contract.ts';
import { auditOriginOf, auditRequest } from '#api/kernel/http/audit-request.ts';
import { cursorPart, pageFrom, readCursor } from '#api/kernel/http/cursor.ts';
import { callerOf } from '#api/kernel/http/guard.ts';
import type { Register } from '#api/kernel/http/register.ts';
import { type AgentSummary, findAgentByName, getAgent, listAgents } from '#db/agents/agents.ts';
import { revokeAgent } from '#ledger/agents/revoke-agent.ts';
import { createJoinToken } from '#ledger/agents/join-tokens.ts';
import type { Database } from '#db/database.ts';
import { scopeOf } from '#db/identity/callers.ts';
import { isUuid } from '#db/is-uuid.ts';
import { listAllMachines } from '#db/tree/bindings.ts';
import { findNode } from '#db/tree/nodes.ts';
import { formatJoinToken } from '#domain/agents/agent.ts';
import { Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import type { RouteDeps } from '#api/kernel/deps.ts';
import { machineView } from '#api/tree/tree-machines.routes.ts';
import { transact } from '#ledger/kernel/transact.ts';

/** Agents, join tokens and machines. */
export function addAgentRoutes(register: Register, deps: RouteDeps): void {
  const { db } = deps.database;

  register(contract.listAgents, async (c) => {
    const { limit, cursor, state, q } = c.req.valid('query');
    const position = readCursor(cursor, [cursorPart.text, cursorPart.uuid]);
    const after = position === undefined ? undefined : { name: position[0], id: position[1] };
    const rows = await listAgents(db, { after, limit: limit + 1, state, q });
    return c.json(
      pageFrom(rows, limit, (agent) => [agent.name, agent.id], viewOf),
      200,
    );
  });

  register(contract.getAgent, async (c) => {
    const agent = await needAgent(db, c.req.valid('param').agent);
    const machine = await db
      .selectFrom('machine')
      .select(['facts', 'facts_at'])
      .where('id', '=', agent.machineId)
      .executeTakeFirst();
    return c.json(
      { ...viewOf(agent), facts: machine?.facts ?? null, factsAt: machine?.facts_at?.toISOString() ?? null },
      200,
    );
  });

  register(contract.revokeAgent, async (c) => {
    const agent = await needAgent(db, c.req.valid('param').agent);
    await transact(db, async (tx) => {
      const revoked = await revokeAgent(tx, agent.id, auditOriginOf(c));
      if (revoked === undefined) {
        throw new Problem('not-in-this-state', because('already-revoked'));
      }
    });
    return c.json(viewOf(await needAgent(db, agent.id)), 200);
  });

  register(contract.createJoinToken, async (c) => {
    const { agentName, node: nodePath, expiresInMinutes } = c.req.valid('json');
    const node = nodePath === undefined ? undefined : await findNode(db, nodePath);
    if (nodePath !== undefined && node === undefined) throw Problem.field('node', because('no-such-node'));
    const token = await transact(db, async (tx) => {
      const made = await createJoinToken(tx, {
        createdBy: callerOf(c).actor.name,
        ttlMs: expiresInMinutes * 60_000,
        agentName,
        nodeId: node?.id,
      });
      const details = { agentName: agentName ?? null, expiresAt: made.expiresAt };
      auditRequest(tx, c, {
        action: 'agent.join-token.create',
        target: made.id,
        nodes: nodePath === undefined ? [] : [nodePath],
        details,
      });
      return made;
    });
    return c.json({ id: token.id, token: formatJoinToken(token), expiresAt: token.expiresAt }, 201);
  });

  register(contract.listMachines, async (c) => {
    const { limit, cursor, q } = c.req.valid('query');
    const after = readCursor(cursor, [cursorPart.text])?.[0];
    const scope = scopeOf(callerOf(c), 'tree.view');
    const rows = await listAllMachines(db, { scope, q, after, limit: limit + 1 });
    return c.json(
      pageFrom(rows, limit, (machine) => [machine.name.toLowerCase()], machineView),
      200,
    );
  });
}

async function needAgent(db: Database, idOrName: string): Promise<AgentSummary> {
  const agent = isUuid(idOrName) ? await getAgent(db, idOrName) : await findAgentByName(db, idOrName);
  if (agent === undefined) throw new Problem('not-found', because('no-such-agent', { agent: idOrName }));
  return agent;
}

function viewOf(agent: AgentSummary) {
  const { id, name, address, state, version, identity, machineId, enrolledAt, connectedAt, disconnectedAt } = agent;
  return {
    id,
    name,
    address,
    state,
    version,
    identity,
    machineId,
    enrolledAt,
    connectedAt,
    disconnectedAt,
    gateway: agent.gatewayId,
    certificateExpiresAt: agent.certificateExpiresAt,
  };
}
