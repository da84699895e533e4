import { isName } from '#domain/name-rule.ts';
import { cronFault } from '#domain/schedules/cron.ts';
import { scheduleLimits } from '#domain/schedules/schedule.ts';
import type { Reason } from '#domain/reasons.ts';
import type { MessageKey } from '#web/lib/i18n/sources.ts';
import type { OverlapPolicy, ScheduleDetail, ScheduleInput } from '#web/nouns/schedules/client.ts';
import type { TaskDraft } from '#web/nouns/tasks/draft/draft.ts';
import { inputOfDraft } from '#web/nouns/tasks/draft/draft-input.ts';
import { draftOfTask } from '#web/nouns/tasks/draft/draft-of-task.ts';
import { programOf, type ScheduleProgram } from './schedule-program.ts';

export const spanUnits = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
export type SpanUnit = keyof typeof spanUnits;

/** What a schedule has besides its task, as it stands on the form. */
export interface ScheduleForm {
  readonly name: string;
  readonly description: string;
  readonly cron: string;
  readonly zone: string;
  readonly overlap: OverlapPolicy;
  readonly catchUp: string;
  readonly catchUpUnit: SpanUnit;
  /** Empty: that of its target. */
  readonly node: string;
}
export type FormField = Exclude<keyof ScheduleForm, 'catchUpUnit' | 'overlap'>;
export type FormFaults = Partial<Record<FormField, { readonly key: MessageKey } | Reason>>;

/** A schedule that is edited: as it was read, and as the form showed it then. */
export interface EditedSchedule {
  readonly schedule: ScheduleDetail;
  readonly form: ScheduleForm;
  readonly draft: TaskDraft;
}

type ScheduleTask = ScheduleInput['task'];

export function emptyForm(zone: string): ScheduleForm {
  const { default: catchUpMs } = scheduleLimits.catchUpMs;
  return { name: '', description: '', cron: '', zone, overlap: 'skip', ...spanFields(catchUpMs), node: '' };
}

/** A schedule as the form shows it; undefined where it runs what the form cannot show. */
export function editedOf(schedule: ScheduleDetail): EditedSchedule | undefined {
  const program = programOf(schedule);
  if (program === undefined) return undefined;
  const { name, description, cron, zone, overlap, catchUpMs, node } = schedule;
  const { title, payload, strategy, target } = program;
  const own = node === null || node === target.node ? '' : node;
  const form = { name, description, cron, zone, overlap, ...spanFields(catchUpMs), node: own };
  const where =
    target.node === undefined
      ? { targetBy: 'pasted' as const, pasted: (target.hosts ?? []).join('\n') }
      : { targetBy: 'node' as const, node: target.node };
  const draft = draftOfTask({ title: title === name ? '' : title, payload, strategy }, []);
  return { schedule, form, draft: { ...draft, ...where } };
}

/**
 * What is sent. Of a schedule that is edited, everything is sent as it was that the form shows as it did: whatever it holds
 * besides (a time-out of 1.5 s, a part that this form does not know) stays.
 */
export function inputOf(form: ScheduleForm, draft: TaskDraft, edited?: EditedSchedule): ScheduleInput {
  const { name, description, cron, zone, overlap, node } = form;
  const sameSpan = edited?.form.catchUp === form.catchUp && edited.form.catchUpUnit === form.catchUpUnit;
  return {
    name: name.trim(),
    description: description.trim(),
    cron: oneForm(cron),
    zone,
    overlap,
    catchUpMs: sameSpan ? edited.schedule.catchUpMs : Number(form.catchUp) * spanUnits[form.catchUpUnit],
    ...(node === '' ? {} : { node }),
    task: taskOf(form, draft, edited),
  };
}

/** What is wrong with the form, as far as the browser can know. */
export function faultsOfForm({ name, description, cron, catchUp, catchUpUnit, zone }: ScheduleForm): FormFaults {
  const faults: FormFaults = {};
  if (name.trim() === '') faults.name = { key: 'schedules.nameMissing' };
  else if (!isName(name.trim().normalize('NFC'), '.-_')) faults.name = { key: 'schedules.nameWrong' };
  if (description.trim().length > 500) faults.description = { key: 'schedules.descriptionLong' };
  const wrong = cron.trim() === '' ? { key: 'schedules.cronMissing' as const } : cronFault(oneForm(cron));
  if (wrong !== undefined) faults.cron = wrong;
  if (zone.trim() === '') faults.zone = { key: 'schedules.zoneMissing' };
  const span = /^[1-9]\d{0,6}$/.test(catchUp) ? Number(catchUp) * spanUnits[catchUpUnit] : 0;
  if (span < scheduleLimits.catchUpMs.least || span > scheduleLimits.catchUpMs.most) {
    faults.catchUp = { key: 'schedules.catchUpBetween' };
  }
  return faults;
}

/** A cron expression as it is kept: single blanks, names in capitals. */
export function oneForm(cron: string): string {
  return cron.trim().replaceAll(/\s+/g, ' ').toUpperCase();
}

/** In the largest unit that divides it; what is no whole number of seconds is rounded up. */
function spanFields(ms: number): Pick<ScheduleForm, 'catchUp' | 'catchUpUnit'> {
  const unit = (['d', 'h', 'm'] as const).find((one) => ms % spanUnits[one] === 0) ?? 's';
  return { catchUp: String(Math.ceil(ms / spanUnits[unit])), catchUpUnit: unit };
}

function taskOf(form: ScheduleForm, draft: TaskDraft, edited: EditedSchedule | undefined): ScheduleTask {
  const written = writtenTask(form, draft);
  const program = edited && programOf(edited.schedule);
  if (edited === undefined || program === undefined) return written;
  return keepUnchanged(keptTask(program), writtenTask(edited.form, edited.draft), written) as unknown as ScheduleTask;
}

/** Tasks are called as their schedule is, unless they have a title of their own. */
function writtenTask(form: ScheduleForm, draft: TaskDraft): ScheduleTask {
  return { ...inputOfDraft(draft), title: draft.title.trim() || form.name.trim() };
}

/** What is kept, as it would be sent to be as it is. */
function keptTask({ payload: { timeoutMs, ...payload }, ...rest }: ScheduleProgram): ScheduleTask {
  return { ...rest, ...payload, timeout: `${timeoutMs}ms` };
}

/** Parts that are written as they were before stay as they are kept; a part within a part likewise. */
function keepUnchanged(kept: object, before: object, now: object): object {
  const [keptParts, partsBefore, partsNow] = [kept, before, now].map((task) => new Map(Object.entries(task)));
  const names = new Set([...(keptParts?.keys() ?? []), ...(partsNow?.keys() ?? [])]);
  const parts = [...names].map((name): [string, unknown] => {
    const [was, written, writes] = [keptParts?.get(name), partsBefore?.get(name), partsNow?.get(name)] as unknown[];
    if (JSON.stringify(written) === JSON.stringify(writes)) return [name, was ?? writes];
    if (name === 'strategy') return [name, keepUnchanged(was as object, written as object, writes as object)];
    return [name, writes];
  });
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}
