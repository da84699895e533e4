import { v4 as uuidv4 } from 'uuid';
import { emptyDraft, type TaskDraft } from '#web/nouns/tasks/draft/draft.ts';

/** A draft with what belongs to it beyond the form. */
export interface KeptDraft {
  readonly draft: TaskDraft;
  /** The Idempotency-Key of its submission: one per draft, so that sending it twice runs it once. */
  readonly key: string;
  /** What the page was opened with (`node=…`), so that a reload does not fill it in again. */
  readonly seed: string;
}

const currentName = 'signalbox.newTask';
const previousName = 'signalbox.newTask.previous';

/** A draft that nothing was written into yet. */
export function freshDraft(change: Partial<TaskDraft> = {}, seed = ''): KeptDraft {
  return { draft: { ...emptyDraft, ...change }, key: uuidv4(), seed };
}

type Drawer = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Drafts of this tab: the one being written, and the one that it took the place of. */
export function createDraftStorage(drawer: Drawer) {
  return {
    current: () => read(drawer.getItem(currentName)),
    previous: () => read(drawer.getItem(previousName)),
    /** False where it does not fit into the browser's storage; it then lives as long as the page. */
    keep: (kept: KeptDraft) => write(drawer, currentName, kept),
    /** Lays the current one aside, where something was written into it. */
    layAside(): void {
      const kept = read(drawer.getItem(currentName));
      if (kept !== undefined && isWritten(kept.draft)) write(drawer, previousName, kept);
      drawer.removeItem(currentName);
    },
    forgetPrevious: () => drawer.removeItem(previousName),
    /** After its submission. */
    forget: () => drawer.removeItem(currentName),
  };
}

/** Whether somebody has put something into it. */
export function isWritten(draft: TaskDraft): boolean {
  return JSON.stringify(draft) !== JSON.stringify(emptyDraft);
}

function write(drawer: Drawer, name: string, kept: KeptDraft): boolean {
  try {
    drawer.setItem(name, JSON.stringify(kept));
    return true;
  } catch {
    return false;
  }
}

/** What was kept, as far as it has the shape of a draft of this release; undefined where there is none. */
function read(text: string | null): KeptDraft | undefined {
  try {
    const kept = JSON.parse(text ?? 'null') as Partial<Record<keyof KeptDraft, unknown>> | null;
    if (kept === null || typeof kept.key !== 'string' || typeof kept.draft !== 'object' || kept.draft === null) {
      return undefined;
    }
    const stored = kept.draft as Record<string, unknown>;
    const usable = Object.entries(emptyDraft).filter(([name, empty]) => hasShape(stored[name], empty));
    const draft = { ...emptyDraft, ...Object.fromEntries(usable.map(([name]) => [name, stored[name]])) };
    return { draft, key: kept.key, seed: typeof kept.seed === 'string' ? kept.seed : '' };
  } catch {
    return undefined;
  }
}

function hasShape(value: unknown, empty: unknown): boolean {
  if (Array.isArray(empty)) return Array.isArray(value);
  if (empty === null) return value === null || typeof value === 'object';
  return typeof value === typeof empty;
}
