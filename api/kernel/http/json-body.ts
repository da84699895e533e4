import type { Context } from 'hono';
import { decodeText } from '#platform/decode-text.ts';
import { type FieldError, Problem } from '#domain/errors.ts';
import { because } from '#domain/reasons.ts';
import type { ApiEnv } from './env.ts';

/**
 * What the body of a request says; undefined where it is no JSON. A body that is no UTF-8, or has a text that UTF-8 cannot
 * hold, is refused: read leniently it would be stored as something else than was sent.
 */
export async function readJson(c: Context<ApiEnv>): Promise<{ readonly value: unknown } | undefined> {
  const text = decodeText(new Uint8Array(await c.req.arrayBuffer()));
  if (text === undefined) throw new Problem('malformed-request', because('not-utf8'));
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  // Bytes in UTF-8 have no half pairs: only an escape can make one.
  const wanted = { texts: /\\ud[89a-f]/i.test(text), sizes: text.length > long };
  const faults = wanted.texts || wanted.sizes ? faultsIn(value, wanted) : [];
  if (faults.length > 0) throw Problem.input(faults);
  return { value };
}

interface Place {
  readonly name: string;
  readonly inside: Place | undefined;
}

/** Fields told at most. */
const most = 100;
/** Of the place of a field, the innermost names are told, and of each its beginning. */
const told = { names: 16, letters: 64 } as const;
/** No shorter body can hold more than a contract could mean. */
const long = 256 * 1024;
/** Entries of one object or list at most; the longest list that a contract knows is one of 50,000 hosts. */
const mostEntries = { object: 10_000, list: 60_000 } as const;

/**
 * Texts and names with half of a surrogate pair, and objects and lists that no contract could mean. Without recursion, and
 * in time that grows with the body alone: how deep it is, and how long its names are, its sender chooses.
 */
function faultsIn(value: unknown, wanted: { readonly texts: boolean; readonly sizes: boolean }): FieldError[] {
  const found: FieldError[] = [];
  const open: { value: unknown; place: Place | undefined }[] = [{ value, place: undefined }];
  for (let next = open.pop(); next !== undefined && found.length < most; next = open.pop()) {
    const { value: inner, place } = next;
    if (typeof inner === 'string' && wanted.texts && !inner.isWellFormed()) found.push(notUnicode(place));
    if (typeof inner !== 'object' || inner === null) continue;
    const entries = Object.entries(inner);
    const limit = Array.isArray(inner) ? mostEntries.list : mostEntries.object;
    if (entries.length > limit) {
      found.push({ field: fieldOf(place), fault: because('too-many-entries', { most: limit }) });
      continue;
    }
    for (const [name, held] of entries.reverse()) {
      const where = { name, inside: place };
      if (!wanted.texts || name.isWellFormed()) open.push({ value: held, place: where });
      else found.push(notUnicode(where));
    }
  }
  return found;
}

function notUnicode(place: Place | undefined): FieldError {
  return { field: fieldOf(place), fault: because('not-unicode') };
}

function fieldOf(place: Place | undefined): string {
  const names: string[] = [];
  let at = place;
  for (; at !== undefined && names.length < told.names; at = at.inside) {
    names.push(at.name.slice(0, told.letters).toWellFormed());
  }
  if (at !== undefined) names.push('…');
  return names.reverse().join('.') || 'body';
}
