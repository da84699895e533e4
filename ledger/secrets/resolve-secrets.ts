import type { Database } from '#db/database.ts';
import { findCallerByUserId } from '#db/identity/callers.ts';
import { findSecretsByIdOrName, keptVersions } from '#db/secrets/secrets.ts';
import { type FieldError, Problem } from '#domain/errors.ts';
import { type Actor, can } from '#domain/identity/permissions.ts';
import { because, type Reason } from '#domain/reasons.ts';
import type { SecretReference, SecretRequest } from '#domain/secrets/secret-reference.ts';

/** Where a secret is asked for, like `env.PASSWORD`, and which. */
export type AskedSecret = readonly [field: string, asked: SecretRequest];

/**
 * What is asked for as references, in the same order: names become ids, `latest` the number that it is now. Refuses, by
 * field, what is not there (also where the actor may not see it), what the actor may not use, and versions without a value.
 */
export async function resolveSecrets(
  db: Database,
  actor: Actor,
  asked: readonly AskedSecret[],
): Promise<(readonly [field: string, reference: SecretReference])[]> {
  const found = await findSecretsByIdOrName(
    db,
    asked.map(([, { id, secret }]) => id ?? secret),
  );
  const seen = new Map(
    [...found].filter(([, secret]) => may(actor, 'secret.view', secret) || may(actor, 'secret.use', secret)),
  );
  const looked = asked.map(([field, request]) => ({ field, request, secret: seen.get(request.id ?? request.secret) }));
  refuse(
    'invalid-input',
    looked.flatMap(({ field, request, secret }) =>
      secret === undefined ? [{ field, fault: because('no-such-secret-named', { secret: request.secret }) }] : [],
    ),
  );
  refuse(
    'forbidden',
    looked.flatMap(({ field, secret }) =>
      secret === undefined || may(actor, 'secret.use', secret)
        ? []
        : [{ field, fault: because('may-not-use-secret', { secret: secret.name }) }],
    ),
  );
  const references = looked.flatMap(({ field, request, secret }) => {
    if (secret === undefined) return [];
    const version = request.version === 'latest' ? secret.latestVersion : request.version;
    return [[field, { secret: secret.name, id: secret.id, version }] as const];
  });
  const kept = await keptVersions(
    db,
    references.map(([, reference]) => reference),
  );
  refuse(
    'invalid-input',
    references.flatMap(([field, reference]) => (kept.has(reference) ? [] : [{ field, fault: gone(reference) }])),
  );
  return references;
}

/**
 * Why one of these references does not hold any more for whoever asked: its version is gone, or they may not use it by
 * now. Undefined where all hold.
 */
export async function secretFault(
  db: Database,
  requester: { readonly id: string; readonly name: string },
  references: readonly SecretReference[],
): Promise<Reason | undefined> {
  if (references.length === 0) return undefined;
  const kept = await keptVersions(db, references);
  const lost = references.find((reference) => !kept.has(reference));
  if (lost !== undefined) return gone(lost);
  const actor = (await findCallerByUserId(db, requester.id))?.actor;
  const found = await findSecretsByIdOrName(
    db,
    references.map(({ id }) => id),
  );
  const refused = references.find(({ id }) => {
    const secret = found.get(id);
    return actor === undefined || secret === undefined || !may(actor, 'secret.use', secret);
  });
  return refused && because('secret-not-for-requester', { secret: refused.secret, requester: requester.name });
}

const gone = ({ secret, version }: SecretReference) => because('no-such-secret-version', { secret, version });

function may(
  actor: Actor,
  action: 'secret.view' | 'secret.use',
  { nodeIds }: { readonly nodeIds: readonly string[] | undefined },
): boolean {
  return can(actor, action, nodeIds);
}

function refuse(type: 'invalid-input' | 'forbidden', fields: readonly FieldError[]): void {
  if (fields.length === 0) return;
  const reason = type === 'forbidden' ? because('no-permission', { right: 'secret.use' }) : undefined;
  throw new Problem(type, reason, { fields });
}
