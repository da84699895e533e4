import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EventFollower, followEvents } from '#tests/support/event-stream.ts';
import { eventually } from '#tests/support/eventually.ts';
import { checkout, type Platform, startPlatform } from '#tests/support/platform.ts';
import { createPerson, decide, type Person, ticketReaches } from '#tests/support/tickets.ts';
import { files, namesLines, partLines } from './made-up-noun.ts';
import { copyTree, type TreeCopy } from './noun-copy.ts';

interface Asked {
  readonly id: string;
  readonly ticketId: string;
  readonly contentHash: string;
}

/** What the kernels know of a noun is its name: one that nobody needs goes the whole way, from the door to its end. */
describe('a noun that nobody needs, on the real platform', () => {
  let tree: TreeCopy;
  let platform: Platform;
  let requester: Person;
  let approver: Person;
  let page: EventFollower;
  let asked: Asked;

  beforeAll(async () => {
    tree = copyTree();
    for (const [file, text] of Object.entries(files)) tree.write(file, text);
    tree.put([...namesLines, ...partLines]);
    // What was built of this checkout is good enough for the copy: the story needs no page.
    cpSync(join(checkout, 'dist'), join(tree.folder, 'dist'), { recursive: true });
    platform = await startPlatform({ from: tree.folder });
    await platform.api.post('/api/v1/nodes', { path: 'waterworks' });
    requester = await createPerson(platform, 'walter', 'ops');
    approver = await createPerson(platform, 'anna', 'ops');
    page = followEvents(platform, 'valves');
  }, 180_000);
  afterAll(async () => {
    await page?.close();
    await platform?.remove();
    tree?.remove();
  }, 60_000);

  it('is asked for under a policy of its kind, and then waits for its ticket', async () => {
    const policy = { mode: 'ticket', steps: [{ approvers: [{ type: 'user', user: approver.name }] }] };
    const path = '/api/v1/nodes/waterworks/policies/valve.turn';
    expect((await platform.api.request('PUT', path, { body: policy })).status).toBe(200);
    const body = { valve: 'main', open: true, node: 'waterworks' };
    asked = await platform.api.post<Asked>('/api/v1/valves', body, { token: requester.token });
    const ticket = await ticketReaches(platform, asked.ticketId, ['pending'], 30_000);
    expect(ticket).toMatchObject({ kind: 'valve.turn', title: 'Open main', contentHash: asked.contentHash });
    expect(await valves()).toEqual([{ id: asked.id, valve: 'main', open: true, turned: false }]);
  });

  it('is done and verified once it is approved, and by nobody else before', async () => {
    const { ticketId, contentHash } = asked;
    expect((await decide(platform, requester, ticketId, 'approve', { contentHash })).status).toBe(403);
    expect((await decide(platform, approver, ticketId, 'approve', { contentHash })).status).toBe(200);
    const ticket = await ticketReaches(platform, ticketId, ['done'], 30_000);
    expect(ticket.result).toMatchObject({ succeeded: true });
    expect(ticket).toMatchObject({ reason: 'valve-turned', detail: expect.stringMatching(/was turned$/) as string });
    expect(await valves()).toMatchObject([{ id: asked.id, turned: true }]);
    const change = await platform.database.db
      .selectFrom('change')
      .select(['kind', 'state'])
      .where('subject_id', '=', asked.id)
      .executeTakeFirst();
    expect(change).toEqual({ kind: 'valve.turn', state: 'done' });
  });

  it('is announced to who asked, and heard by pages that listen', async () => {
    const told = await platform.api.get<{ items: { kind: string; subject: unknown; title: string }[] }>(
      '/api/v1/notifications',
      { token: requester.token },
    );
    expect(told.items).toContainEqual(
      expect.objectContaining({ kind: 'valve.turned', subject: { noun: 'valve', id: asked.id }, title: 'main' }),
    );
    await eventually('the page has heard', () => page.ids.length > 0, { withinMs: 10_000 });
  });

  it('has its command, and its right', async () => {
    const turn = await requester.cli('valve', 'turn', 'spare', '--node', 'waterworks', '-o', 'json');
    expect(turn.code, turn.stderr).toBe(0);
    const { ticketId, contentHash } = turn.json<Asked>();
    const exactly = [ticketId, '--hash', contentHash];
    const refused = await approver.cli('ticket', 'reject', ...exactly, '--message', 'not that one');
    expect(refused.code, refused.stderr).toBe(0);
    await ticketReaches(platform, ticketId, ['rejected'], 30_000);
    expect((await requester.cli('valve', 'list', '-o', 'json')).json()).toMatchObject([{ valve: 'main' }]);
    const stranger = await createPerson(platform, 'stan', 'none');
    expect(await stranger.cli('valve', 'list')).toMatchObject({ code: 1, stdout: '' });
  });

  async function valves(): Promise<unknown[]> {
    return (await platform.api.get<{ items: unknown[] }>('/api/v1/valves')).items;
  }
});
