import { type ApiProblem, asProblem } from '#web/lib/api/problem.ts';
import { t } from '#web/lib/i18n/index.svelte.ts';
import { faultWords, fieldWords } from '#web/lib/ui/problem-words.ts';
import { reasonWords } from '#web/lib/ui/reason-words.ts';
import { type ScheduleDetail, schedules } from '#web/nouns/schedules/client.ts';
import { emptyDraft, type TaskDraft } from '#web/nouns/tasks/draft/draft.ts';
import type { DraftDesk } from '#web/nouns/tasks/draft/draft-desk.ts';
import { type DraftField, faultsOfDraft } from '#web/nouns/tasks/draft/draft-faults.ts';
import { isUntouched, problemFields } from '#web/nouns/tasks/draft/problem-fields.ts';
import {
  editedOf,
  type EditedSchedule,
  emptyForm,
  faultsOfForm,
  type FormFaults,
  type FormField,
  inputOf,
  type ScheduleForm,
} from './schedule-form.ts';
import { zoneHere } from './zone-time.ts';

/** The schedule being written on this page, new or edited: what is wrong with it, and how it is saved. */
export class ScheduleDesk implements DraftDesk {
  #edited = $state.raw<EditedSchedule>();
  #form = $state.raw<ScheduleForm>(emptyForm(zoneHere()));
  #draft = $state.raw<TaskDraft>(emptyDraft);
  /** As it was begun, to tell whether anything was written. */
  #begun = $state.raw<{ readonly form: ScheduleForm; readonly draft: TaskDraft }>();
  #tried = $state(false);
  #busy = $state(false);
  #saved = $state(false);
  #newer = $state.raw<ScheduleDetail>();
  /** What the api refused, with what it looked at. */
  #refusal = $state.raw<{ readonly problem: ApiProblem; readonly form: ScheduleForm; readonly draft: TaskDraft }>();

  readonly faults = $derived(faultsOfDraft(this.#draft, 0));
  readonly formFaults: FormFaults = $derived(faultsOfForm(this.#form));
  readonly #said = $derived(
    this.#refusal === undefined ? {} : problemFields(this.#refusal.problem, this.#refusal.draft, faultWords),
  );

  constructor(schedule?: ScheduleDetail) {
    this.#begin(schedule);
  }

  get draft(): TaskDraft {
    return this.#draft;
  }
  get form(): ScheduleForm {
    return this.#form;
  }
  get edited(): EditedSchedule | undefined {
    return this.#edited;
  }
  get busy(): boolean {
    return this.#busy;
  }
  /** Whether saving was tried: from then on everything that is wrong is said. */
  get tried(): boolean {
    return this.#tried;
  }
  /** A version that somebody else saved while this one was edited. */
  get newer(): ScheduleDetail | undefined {
    return this.#newer;
  }
  /** The last refusal, until something is changed; what is said beside fields is not said again. */
  get problem(): ApiProblem | undefined {
    const { problem, form, draft } = this.#refusal ?? {};
    return form === this.#form && draft === this.#draft ? problem : undefined;
  }
  /** Whether anything would be lost. */
  get isDirty(): boolean {
    return !this.#saved && JSON.stringify({ form: this.#form, draft: this.#draft }) !== JSON.stringify(this.#begun);
  }

  set(change: Partial<TaskDraft>): void {
    this.#draft = { ...this.#draft, ...change };
  }

  setForm(change: Partial<ScheduleForm>): void {
    this.#form = { ...this.#form, ...change };
  }

  errorOf(field: DraftField): string | undefined {
    const refused = this.#refusal?.draft;
    const said = refused !== undefined && isUntouched(field, refused, this.#draft) ? this.#said[field] : undefined;
    if (said !== undefined) return said;
    const fault = this.faults[field];
    return fault !== undefined && this.#tried ? t(fault.key, fault.params) : undefined;
  }

  formErrorOf(field: FormField): string | undefined {
    const fault = this.formFaults[field];
    if (fault !== undefined && this.#tried) return 'key' in fault ? t(fault.key) : reasonWords(fault);
    if (this.#refusal?.form[field] !== this.#form[field]) return undefined;
    return fieldWords(this.#refusal.problem, field === 'catchUp' ? 'catchUpMs' : field);
  }

  /** Saves; undefined where something is wrong, which the fields, `problem` or `newer` then say. */
  async save(): Promise<ScheduleDetail | undefined> {
    this.#tried = true;
    if (this.#busy || Object.keys(this.faults).length > 0 || Object.keys(this.formFaults).length > 0) return undefined;
    this.#busy = true;
    this.#refusal = undefined;
    const [form, draft, edited] = [this.#form, this.#draft, this.#edited];
    try {
      const saved = await send(inputOf(form, draft, edited), edited);
      this.#saved = true;
      this.#newer = undefined;
      return saved;
    } catch (error) {
      const problem = asProblem(error);
      if (edited === undefined || problem.reason !== 'newer-schedule') this.#refusal = { problem, form, draft };
      else await this.#readNewer(edited.schedule.id);
      return undefined;
    } finally {
      this.#busy = false;
    }
  }

  /** Goes on with what is written here, as a change of the newer version. */
  keepMine(): void {
    const [newer, edited] = [this.#newer, this.#edited];
    if (newer === undefined || edited === undefined) return;
    this.#edited = { ...edited, schedule: { ...edited.schedule, version: newer.version } };
    this.#newer = undefined;
  }

  /** Begins anew with the newer version; what was written here is lost. */
  takeNewer(): void {
    this.#begin(this.#newer);
  }

  #begin(schedule: ScheduleDetail | undefined): void {
    const edited = schedule && editedOf(schedule);
    if (edited !== undefined) [this.#edited, this.#form, this.#draft] = [edited, edited.form, edited.draft];
    this.#begun = { form: this.#form, draft: this.#draft };
    this.#newer = undefined;
    this.#refusal = undefined;
    this.#tried = false;
  }

  async #readNewer(id: string): Promise<void> {
    try {
      this.#newer = await schedules.get(id);
    } catch (error) {
      this.#refusal = { problem: asProblem(error), form: this.#form, draft: this.#draft };
    }
  }
}

function send(input: ReturnType<typeof inputOf>, edited: EditedSchedule | undefined): Promise<ScheduleDetail> {
  if (edited === undefined) return schedules.create(input);
  const { id, version } = edited.schedule;
  return schedules.update(id, { ...input, version });
}
