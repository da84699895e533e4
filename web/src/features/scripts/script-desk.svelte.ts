import { type ApiProblem, asProblem } from '#web/lib/api/problem.ts';
import { type ScriptDetail, scripts, type ScriptVersion } from '#web/nouns/scripts/client.ts';

/** A version that somebody else saved while this one was being edited. */
export interface NewerVersion extends ScriptVersion {
  readonly content: string;
}

/**
 * The edits of one script on this page. They are made on one version (`base`) and stay until they are saved or thrown
 * away, whatever others save meanwhile.
 */
export class ScriptDesk {
  #latest = $state.raw() as ScriptDetail;
  #base = $state.raw() as { readonly version: number; readonly content: string };
  #busy = $state(false);
  #problem = $state.raw<ApiProblem>();
  #newer = $state.raw<NewerVersion>();
  text = $state('');
  note = $state('');

  readonly isDirty = $derived(this.text !== this.#base.content);

  constructor(script: ScriptDetail) {
    this.#latest = script;
    this.#base = { version: script.version, content: script.content };
    this.text = script.content;
  }

  get latest(): ScriptDetail {
    return this.#latest;
  }
  /** The version that the edits were made on. */
  get base(): number {
    return this.#base.version;
  }
  /** Whether somebody has saved a version that these edits were not made on. */
  get isBehind(): boolean {
    return this.#latest.version > this.#base.version;
  }
  get busy(): boolean {
    return this.#busy;
  }
  get problem(): ApiProblem | undefined {
    return this.#problem;
  }
  /** The newer version to be looked at before anything is saved over it. */
  get newer(): NewerVersion | undefined {
    return this.#newer;
  }

  /** Takes the script as the api has it now; an editor without edits follows it. */
  follow(script: ScriptDetail): void {
    const untouched = !this.isDirty;
    this.#latest = script;
    if (untouched) this.discard();
  }

  /** Throws the edits away. Returns how to get them back. */
  discard(): () => void {
    const { text, note } = this;
    const base = this.#base;
    this.#base = { version: this.#latest.version, content: this.#latest.content };
    this.text = this.#latest.content;
    this.note = '';
    this.#problem = undefined;
    return () => {
      this.#base = base;
      this.text = text;
      this.note = note;
    };
  }

  /** Saves the text as the next version; undefined where it was refused, by a newer version too. */
  async save(): Promise<ScriptDetail | undefined> {
    if (this.#busy) return undefined;
    this.#busy = true;
    this.#problem = undefined;
    const { text, note } = this;
    try {
      const saved = await scripts.addVersion(this.#latest.id, {
        baseVersion: this.#base.version,
        content: text,
        ...(note.trim() === '' ? {} : { note: note.trim() }),
      });
      this.#latest = saved;
      this.#base = { version: saved.version, content: saved.content };
      if (this.note === note) this.note = '';
      this.#newer = undefined;
      return saved;
    } catch (error) {
      const problem = asProblem(error);
      if (problem.reason === 'newer-version') await this.showNewer();
      else this.#problem = problem;
      return undefined;
    } finally {
      this.#busy = false;
    }
  }

  /** Fetches what others saved meanwhile, so that it can be compared. */
  async showNewer(): Promise<void> {
    try {
      const latest = await scripts.get(this.#latest.id);
      const version = await scripts.version(latest.id, latest.version);
      this.#latest = latest;
      this.#newer = version;
    } catch (error) {
      this.#problem = asProblem(error);
    }
  }

  /** Knows of the newer version from now on: the edits are meant to go on top of it. */
  goOnEditing(): void {
    if (this.#newer !== undefined) this.#base = { version: this.#newer.version, content: this.#newer.content };
    this.#newer = undefined;
  }

  /** Leaves the newer version for later. */
  closeNewer(): void {
    this.#newer = undefined;
  }
}
