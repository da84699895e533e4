import type { Database } from '#db/database.ts';
import { sealedVersions, versionKey } from '#db/secrets/secrets.ts';
import type { SecretReference } from '#domain/secrets/secret-reference.ts';
import { secretContext } from '#domain/secrets/secret.ts';
import { secretsIn, secretWord } from '#domain/secrets/secret-variables.ts';
import type { ResultCodeName } from '#domain/tasks/result-codes.ts';
import type { TaskPayload } from '#domain/tasks/task.ts';
import type { Logger } from '#platform/logging.ts';
import type { SecretBox } from '#platform/secret-box.ts';

/** Why no agent may start a task: every host of it that is handed out ends with this. */
export interface TaskRefusal {
  readonly code: ResultCodeName;
  readonly detail: string;
}

/** What a task runs, as an agent gets it. Made for the frames that are sent now, and kept nowhere. */
export interface RunnableTask {
  readonly payload: TaskPayload;
  /** Values of the variables that are secrets. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly refusal?: TaskRefusal;
}

/** Puts values in the place of references. The only code of the platform that opens secrets for tasks. */
export type MakeRunnable = (payloads: ReadonlyMap<string, TaskPayload>) => Promise<Map<string, RunnableTask>>;

/**
 * Reads and opens what these payloads name, each version once. A version that is gone, or that the key file does not
 * open, is the end of the task's hosts and not of the gateway; a ledger that does not answer throws, and all is asked
 * for again by the next pull.
 */
export function createMakeRunnable(deps: {
  readonly db: Database;
  readonly secrets: Pick<SecretBox, 'open'>;
  readonly logger: Logger;
}): MakeRunnable {
  const { db, secrets: box, logger } = deps;

  async function open(reference: SecretReference, sealed: string | undefined): Promise<string | TaskRefusal> {
    const detail = `'${secretWord(reference)}'`;
    if (sealed === undefined) return { code: 'secretGone', detail };
    try {
      return await box.open(sealed, secretContext(reference.id, reference.version));
    } catch (error) {
      logger.error({ err: error, secretId: reference.id, version: reference.version }, 'secret not opened');
      return { code: 'secretUnreadable', detail };
    }
  }

  return async (payloads) => {
    const references = [...payloads.values()].flatMap(({ env }) => secretsIn(env).map(([, reference]) => reference));
    const distinct = new Map(references.map((reference) => [versionKey(reference), reference]));
    const sealed = await sealedVersions(db, [...distinct.values()]);
    const opened = new Map(
      await Promise.all(
        [...distinct].map(async ([key, reference]) => [key, await open(reference, sealed.get(key))] as const),
      ),
    );

    function runnable(payload: TaskPayload): RunnableTask {
      const secrets: Record<string, string> = {};
      for (const [name, reference] of secretsIn(payload.env)) {
        const value = opened.get(versionKey(reference));
        if (typeof value === 'string') secrets[name] = value;
        else if (value !== undefined) return { payload, secrets: {}, refusal: value };
      }
      return { payload, secrets };
    }

    return new Map([...payloads].map(([taskId, payload]) => [taskId, runnable(payload)]));
  };
}
