import { describe, expect, it } from 'vitest';
import type { ScheduleDetail } from '#web/nouns/schedules/client.ts';
import { emptyDraft } from '#web/nouns/tasks/draft/draft.ts';
import { editedOf, type EditedSchedule, emptyForm, faultsOfForm, inputOf } from './schedule-form.ts';

const program = {
  title: 'Clean up',
  payload: { script: 'echo "$1"', args: ['a', ''], env: { A: 'x=y' }, runAs: 'deploy', timeoutMs: 1_500 },
  strategy: { concurrency: 2, onError: '10%' },
  target: { hosts: ['web-2', '10.0.0.7', 'web-2'] },
};

function schedule(change: Partial<ScheduleDetail> = {}, payload: object = program): ScheduleDetail {
  return {
    id: 'some',
    name: 'nightly',
    node: 'ours.web',
    description: 'what for',
    kind: 'task.run',
    cron: '30 3 * * *',
    zone: 'Europe/Berlin',
    overlap: 'queue',
    catchUpMs: 90_500,
    paused: false,
    owner: 'dana',
    version: 3,
    createdBy: 'dana',
    createdAt: '2026-12-01T00:00:00.000Z',
    updatedAt: '2026-12-01T00:00:00.000Z',
    lastState: null,
    lastDueAt: null,
    nextAt: null,
    next: [],
    mayEdit: true,
    ...change,
    payload: { ...payload },
  };
}

function edited(change: Partial<ScheduleDetail> = {}, payload?: object): EditedSchedule {
  const read = editedOf(schedule(change, payload));
  if (read === undefined) throw new Error('cannot be edited');
  return read;
}

describe('a schedule that is edited', () => {
  it('keeps all that nobody changed, also what the form cannot show', () => {
    const read = edited({}, { ...program, later: { kept: true } });
    const { timeoutMs: _, ...payload } = program.payload;
    expect(inputOf(read.form, read.draft, read)).toEqual({
      name: 'nightly',
      node: 'ours.web',
      description: 'what for',
      cron: '30 3 * * *',
      zone: 'Europe/Berlin',
      overlap: 'queue',
      catchUpMs: 90_500,
      task: {
        title: 'Clean up',
        ...payload,
        timeout: '1500ms',
        strategy: program.strategy,
        target: program.target,
        later: { kept: true },
      },
    });
  });

  it('takes what was changed, and only that', () => {
    const read = edited();
    const form = { ...read.form, cron: ' 0  4 * * mon', catchUp: '2', catchUpUnit: 'h' as const };
    const draft = { ...read.draft, script: 'true\n', concurrency: 'all' as const, pasted: 'web-1', timeout: '30' };
    expect(inputOf(form, draft, read)).toMatchObject({
      cron: '0 4 * * MON',
      catchUpMs: 7_200_000,
      task: { script: 'true\n', args: ['a', ''], timeout: '30s', target: { hosts: ['web-1'] } },
    });
    expect(inputOf(form, draft, read).task.strategy).toEqual({ onError: '10%' });
  });

  it('can run a command in place of its script', () => {
    const read = edited();
    const draft = { ...read.draft, source: 'command' as const, command: 'df -h "a b"' };
    const { task } = inputOf(read.form, draft, read);
    expect(task).toMatchObject({ command: ['df', '-h', 'a b'], env: { A: 'x=y' } });
    expect(Object.keys(task)).not.toEqual(expect.arrayContaining(['script']));
    expect(Object.keys(task)).not.toEqual(expect.arrayContaining(['args']));
  });

  it('has its tasks called as it is, unless they have a title of their own', () => {
    const plain = edited({}, { ...program, title: 'nightly' });
    expect(inputOf({ ...plain.form, name: 'daily' }, plain.draft, plain).task.title).toBe('daily');
    const titled = edited();
    expect(inputOf({ ...titled.form, name: 'daily' }, titled.draft, titled).task.title).toBe('Clean up');
  });

  it('belongs to the node of its target as long as nobody chose another', () => {
    const followed = edited({}, { ...program, target: { node: 'ours.web' } });
    expect(followed.form.node).toBe('');
    const moved = inputOf(followed.form, { ...followed.draft, node: 'ours.db' }, followed);
    expect(moved).toMatchObject({ task: { target: { node: 'ours.db' } } });
    expect('node' in moved).toBe(false);
    expect(edited({}, { ...program, target: { node: 'ours.web.a' } }).form.node).toBe('ours.web');
    expect(edited({ node: null }).form.node).toBe('');
  });

  it('cannot be edited where it runs what the form does not know', () => {
    expect(editedOf(schedule({ kind: 'manual.step' }))).toBeUndefined();
  });
});

describe('a new schedule', () => {
  const form = { ...emptyForm('Asia/Shanghai'), name: ' nightly ', cron: '30 3 * * *' };
  const draft = { ...emptyDraft, script: 'true\n', node: 'ours' };

  it('asks for what was written', () => {
    expect(inputOf(form, draft)).toEqual({
      name: 'nightly',
      description: '',
      cron: '30 3 * * *',
      zone: 'Asia/Shanghai',
      overlap: 'skip',
      catchUpMs: 600_000,
      task: {
        title: 'nightly',
        target: { node: 'ours' },
        script: 'true\n',
        timeout: '1h',
        strategy: { onError: 'continue' },
      },
    });
    expect(faultsOfForm(form)).toEqual({});
  });

  it.each([
    ['name', { name: ' ' }, 'schedules.nameMissing'],
    ['name', { name: 'no name' }, 'schedules.nameWrong'],
    ['description', { description: 'x'.repeat(501) }, 'schedules.descriptionLong'],
    ['cron', { cron: '' }, 'schedules.cronMissing'],
    ['zone', { zone: '' }, 'schedules.zoneMissing'],
    ['catchUp', { catchUp: '8', catchUpUnit: 'd' as const }, 'schedules.catchUpBetween'],
    ['catchUp', { catchUp: '59', catchUpUnit: 's' as const }, 'schedules.catchUpBetween'],
    ['catchUp', { catchUp: 'soon' }, 'schedules.catchUpBetween'],
  ])('says what is wrong with its %s: %j', (field, change, key) => {
    expect(faultsOfForm({ ...form, ...change })).toEqual({ [field]: { key } });
  });

  it('says why an expression is none', () => {
    expect(faultsOfForm({ ...form, cron: '0 0 30 2 *' })).toMatchObject({ cron: { code: 'cron-never' } });
  });
});
