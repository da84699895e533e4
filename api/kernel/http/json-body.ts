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
  const broken = /\\ud[89a-f]/i.test(text) ? brokenTexts(value) : [];
  if (broken.length > 0) throw Problem.input(broken);
  return { value };
}

interface Place {
  readonly name: string;
  readonly inside: Place | undefined;
}

/** Fields told at most. */
const most = 100;

/** Texts and names with half of a surrogate pair. Without recursion: how deep a body is, its sender chooses. */
function brokenTexts(value: unknown): FieldError[] {
  const found: FieldError[] = [];
  const open: { value: unknown; place: Place | undefined }[] = [{ value, place: undefined }];
  for (let next = open.pop(); next !== undefined && found.length < most; next = open.pop()) {
    const { value: inner, place } = next;
    if (typeof inner === 'string' && !inner.isWellFormed()) found.push(fieldError(place));
    if (typeof inner !== 'object' || inner === null) continue;
    for (const [name, held] of Object.entries(inner).reverse()) {
      const where = { name: name.toWellFormed(), inside: place };
      if (name.isWellFormed()) open.push({ value: held, place: where });
      else found.push(fieldError(where));
    }
  }
  return found;
}

function fieldError(place: Place | undefined): FieldError {
  const names: string[] = [];
  for (let at = place; at !== undefined; at = at.inside) names.unshift(at.name);
  return { field: names.join('.') || 'body', fault: because('not-unicode') };
}
