import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { readEvents } from '#api/testing/event-reader.ts';
import { startTestApi, type TestApi } from '#api/testing/test-api.ts';
import { taskLimits } from '#domain/tasks/task.ts';

let api: TestApi;
let ops: { name: string; token: string };
let nobody: { name: string; token: string };
beforeAll(async () => {
  api = await startTestApi();
  ops = await api.user('olga', 'ops');
  nobody = await api.user('nick', 'none');
});
afterAll(() => api.remove());

const base = '/api/v1/scripts';
const create = (name: string, more: object = {}) =>
  api.call('POST', base, { body: { name, language: 'shell', content: 'echo 1\n', ...more }, token: ops.token });
const addVersion = (script: string, baseVersion: number, content: string, more: object = {}) =>
  api.call('POST', `${base}/${script}/versions`, { body: { baseVersion, content, ...more }, token: ops.token });
const names = async (query: string) => (await api.call('GET', `${base}?${query}`)).body.items.map(({ name }) => name);

describe('a script', () => {
  it('is made with version 1, and read by its name, whatever its case, or its id', async () => {
    const content = '#!/bin/bash\r\necho "ä" 🦊\n\n';
    const made = await create('Rotate.Logs', { content, description: 'weekly', note: 'first' });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'Rotate.Logs', language: 'shell', description: 'weekly', note: 'first', version: 1, content },
    });
    expect(made.body).toMatchObject({ bytes: Buffer.byteLength(content), createdBy: 'olga', updatedBy: 'olga' });
    for (const reference of ['rotate.logs', made.body.id]) {
      expect((await api.call('GET', `${base}/${reference}`, { token: ops.token })).body).toEqual(made.body);
    }
    const read = await api.call('GET', `${base}/rotate.logs`, { token: nobody.token });
    const forbidden = { allowed: false, reason: 'no-permission', params: { right: 'script.edit' } };
    expect(read.body.actions).toMatchObject(['edit', 'delete'].map((name) => ({ name, ...forbidden })));
    expect(await create('ROTATE.LOGS')).toMatchObject({
      status: 409,
      body: { reason: 'name-taken', errors: [{ field: 'name' }] },
    });
    const [row] = (await api.call('GET', '/api/v1/audit?action=script.create')).body.items;
    expect(row).toMatchObject({ target: 'Rotate.Logs', actorName: 'olga', details: { id: made.body.id } });
    expect(JSON.stringify(row)).not.toContain('bash');
    expect(await create('Stra\u00dfe')).toMatchObject({ status: 201 });
    expect(await create('STRASSE')).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
  });

  it.each([
    ['name', { name: 'a b' }],
    ['name', { name: '../x' }],
    ['name', { name: crypto.randomUUID() }],
    ['language', { language: 'perl' }],
    ['content', { content: '' }],
    ['content', { content: 'a\0b' }],
    ['content', { content: '\ud800' }],
    ['content', { content: 'ä'.repeat(taskLimits.scriptBytes / 2 + 1) }],
    ['description', { description: 'x'.repeat(2001) }],
    ['note', { note: 'a\0' }],
  ])('is refused with a bad %s by the name of the field: %#', async (field, more) => {
    expect(await create('bad', more)).toMatchObject({ status: 422, body: { errors: [{ field }] } });
  });

  it('is as large as the script of a task may be', async () => {
    const content = 'ä'.repeat(taskLimits.scriptBytes / 2);
    expect(await create('large', { content })).toMatchObject({ status: 201, body: { bytes: taskLimits.scriptBytes } });
  });

  it('is renamed and described, never into nothing or a name that is taken', async () => {
    await create('old-name', { description: 'before' });
    await create('taken');
    const patch = (script: string, body: object) => api.call('PATCH', `${base}/${script}`, { body, token: ops.token });
    expect(await patch('old-name', {})).toMatchObject({ status: 422, body: { errors: [{ field: 'name' }] } });
    expect(await patch('old-name', { name: 'Taken' })).toMatchObject({ status: 409, body: { reason: 'name-taken' } });
    expect(await patch('old-name', { name: 'OLD-NAME' })).toMatchObject({ status: 200 });
    expect(await patch('old-name', { name: 'new-name' })).toMatchObject({
      status: 200,
      body: { name: 'new-name', description: 'before', version: 1, content: 'echo 1\n' },
    });
    expect(await api.call('GET', `${base}/old-name`)).toMatchObject({
      status: 404,
      body: { reason: 'no-such-script' },
    });
    const audit = await api.call('GET', '/api/v1/audit?action=script.update&limit=1');
    expect(audit.body.items[0]).toMatchObject({
      details: { before: { name: 'OLD-NAME' }, after: { name: 'new-name', description: 'before' } },
    });
  });

  it('goes with all its versions, and is written by admin and ops only', async () => {
    await create('short-lived');
    const remove = (token: string) => api.call('DELETE', `${base}/short-lived`, { token });
    expect(await remove(nobody.token)).toMatchObject({
      status: 403,
      body: { reason: 'no-permission', params: { right: 'script.edit' } },
    });
    expect(await remove(ops.token)).toMatchObject({ status: 200, body: { deleted: true } });
    expect(await remove(ops.token)).toMatchObject({ status: 404 });
    expect(await addVersion('short-lived', 1, 'x')).toMatchObject({ status: 404 });
    expect(await api.call('GET', `${base}/short-lived/versions/1`)).toMatchObject({ status: 404 });
    expect((await create('short-lived')).body).toMatchObject({ version: 1 });
  });
});

describe('the list of scripts', () => {
  it('goes by name in pages, and finds parts of names and descriptions', async () => {
    for (const name of ['page-c', 'page-a', 'page-b', 'page-d']) await create(name, { language: 'yaml' });
    await create('other', { description: 'for 100%_page-wise work', language: 'python' });
    const first = await api.call('GET', `${base}?language=yaml&limit=3`, { token: nobody.token });
    expect(first.body.items.map(({ name }) => name)).toEqual(['page-a', 'page-b', 'page-c']);
    expect(first.body.items[0]).not.toHaveProperty('content');
    expect(await names(`language=yaml&limit=3&cursor=${first.body.next}`)).toEqual(['page-d']);
    expect(await names('q=PAGE-')).toEqual(['other', 'page-a', 'page-b', 'page-c', 'page-d']);
    expect(await names('q=%25_')).toEqual(['other']);
    expect(await names('q=page&language=python')).toEqual(['other']);
    expect(await api.call('GET', `${base}?q=a%00`)).toMatchObject({ status: 422, body: { errors: [{ field: 'q' }] } });
    expect(await api.call('GET', `${base}?cursor=x`)).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'cursor' }] },
    });
  });
});

describe('versions', () => {
  it('are added to the latest only, and never change', async () => {
    await create('grows', { content: 'one' });
    expect(await addVersion('grows', 1, 'two', { note: 'more' })).toMatchObject({
      status: 201,
      body: { version: 2, content: 'two', note: 'more', bytes: 3 },
    });
    expect(await addVersion('grows', 1, 'three')).toMatchObject({
      status: 409,
      body: { reason: 'newer-version', latestVersion: 2, errors: [{ field: 'baseVersion' }] },
    });
    expect(await addVersion('grows', 2, 'two')).toMatchObject({ status: 409, body: { reason: 'no-change' } });
    expect(await addVersion('grows', 0, 'x')).toMatchObject({
      status: 422,
      body: { errors: [{ field: 'baseVersion' }] },
    });
    await addVersion('grows', 2, 'one');
    const first = await api.call('GET', `${base}/grows/versions?limit=2`);
    expect(first.body.items).toMatchObject([{ version: 3 }, { version: 2, note: 'more', createdBy: 'olga' }]);
    expect(first.body.items[0]).not.toHaveProperty('content');
    const rest = await api.call('GET', `${base}/grows/versions?limit=2&cursor=${first.body.next}`);
    expect(rest.body).toMatchObject({ items: [{ version: 1 }], next: null });
    const read = async (version: number | string) => api.call('GET', `${base}/grows/versions/${version}`);
    expect((await read(2)).body).toMatchObject({ version: 2, content: 'two' });
    expect(await read(4)).toMatchObject({ status: 404, body: { reason: 'no-such-version' } });
    expect(await read('x')).toMatchObject({ status: 404 });
  });

  it('have one writer each, however many race', async () => {
    await create('raced', { content: '0' });
    const answers = await Promise.all(Array.from({ length: 12 }, (_, n) => addVersion('raced', 1, `by ${n}`)));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([201, ...Array<number>(11).fill(409)]);
    expect(answers.filter(({ status }) => status === 409)).toEqual(
      Array(11).fill(expect.objectContaining({ body: expect.objectContaining({ latestVersion: 2 }) as unknown })),
    );
    const audit = await api.call('GET', '/api/v1/audit?action=script.new-version&target=raced');
    expect(audit.body.items).toMatchObject([{ details: { version: 2, bytes: 4 } }]);
  });

  it('are told to live pages, of everybody signed in', async () => {
    const reader = await readEvents(api, 'topic=scripts', { token: nobody.token });
    await vi.waitFor(() => expect(reader.lastId()).not.toBe(''));
    const { id } = (await create('told')).body;
    await addVersion('told', 1, 'more');
    await addVersion('told', 1, 'refused');
    await api.call('PATCH', `${base}/told`, { body: { description: 'x' } });
    await api.call('DELETE', `${base}/told`);
    // On a busy machine the stream may begin before what other tests did has been told.
    const told = () => reader.events.filter(({ data }) => data['id'] === id);
    await vi.waitFor(() => expect(told().length).toBeGreaterThanOrEqual(4), 8_000);
    expect(told().map(({ event, data }) => [event, data])).toEqual(Array(4).fill(['scripts', { id }]));
    reader.close();
  });
});
