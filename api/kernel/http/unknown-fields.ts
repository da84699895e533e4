import type { z } from '@hono/zod-openapi';
import type { FieldError } from '#domain/errors.ts';
import { nearestName } from '#domain/nearest-name.ts';
import { because } from '#domain/reasons.ts';

/** What a value has, at any depth, that its schema does not know; each with the known name that is closest. */
export type FindUnknownFields = (value: unknown) => readonly FieldError[];

interface UnknownField {
  readonly path: readonly string[];
  /** Names that its object may have. */
  readonly known: readonly string[];
}
type Find = (value: unknown, path: readonly string[]) => readonly UnknownField[];

/** Fields told at most, and letters of each name. */
const most = 100;
const mostLetters = 100;

/** A schema, as far as it says which names there are. */
interface Part {
  /** Whether such a value could be meant by it. */
  readonly fits: (value: unknown) => boolean;
  readonly find: Find;
}

/** Reads a schema of input once. Throws where it has a part of which nobody here could tell its names. */
export function unknownFieldsOf(schema: z.core.$ZodType): FindUnknownFields {
  const { find } = partOf(schema);
  return (value) => find(value, []).slice(0, most).map(asFieldError);
}

const single: Part = { fits: (value) => typeof value !== 'object' || value === null, find: () => [] };
const anything: Part = { fits: () => true, find: () => [] };

function partOf(schema: z.core.$ZodType): Part {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object':
      return objectPart(def);
    case 'record':
      return recordPart(partOf(def.valueType));
    case 'array':
      return arrayPart(partOf(def.element));
    case 'union':
      return unionPart(def);
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'readonly':
      return partOf(def.innerType);
    case 'pipe':
      return partOf(def.in);
    case 'any':
    case 'unknown':
      return anything;
    case 'string':
    case 'number':
    case 'boolean':
    case 'enum':
    case 'literal':
    case 'null':
      return single;
    default:
      throw new Error(`the contract does not know the names in a schema of type ${def.type}`);
  }
}

function objectPart(def: z.core.$ZodObjectDef): Part {
  const fields = new Map(Object.entries(def.shape).map(([name, schema]) => [name, partOf(schema)]));
  const known = [...fields.keys()];
  const others =
    def.catchall === undefined || def.catchall._zod.def.type === 'never' ? undefined : partOf(def.catchall);
  return {
    fits: isObject,
    find: (value, path) =>
      isObject(value)
        ? Object.entries(value).flatMap(([name, inner]) => {
            const part = fields.get(name) ?? others;
            const where = [...path, name];
            return part === undefined ? [{ path: where, known }] : part.find(inner, where);
          })
        : [],
  };
}

/** Names in it are the sender's own. */
function recordPart(values: Part): Part {
  return {
    fits: isObject,
    find: (value, path) =>
      isObject(value) ? Object.entries(value).flatMap(([name, inner]) => values.find(inner, [...path, name])) : [],
  };
}

function arrayPart(element: Part): Part {
  return {
    fits: Array.isArray,
    find: (value, path) =>
      Array.isArray(value) ? value.flatMap((inner, index) => element.find(inner, [...path, String(index)])) : [],
  };
}

/** Of the options that a value could be meant by, that which knows most of it. */
function unionPart(def: z.core.$ZodUnionDef & { readonly discriminator?: string }): Part {
  const options = def.options.map((schema) => ({ schema, part: partOf(schema) }));
  const meantBy = (value: unknown): readonly Part[] => {
    const fitting = options.filter(({ part }) => part.fits(value));
    const named = fitting.filter(({ schema }) => isNamed(schema, def.discriminator, value));
    return (named.length > 0 ? named : fitting).map(({ part }) => part);
  };
  return {
    fits: (value) => options.some(({ part }) => part.fits(value)),
    find: (value, path) => {
      const [first = [], ...more] = meantBy(value).map((part) => part.find(value, path));
      return more.reduce((fewest, found) => (found.length < fewest.length ? found : fewest), first);
    },
  };
}

/** Whether the value says that it is this option of a discriminated union. */
function isNamed(option: z.core.$ZodType, discriminator: string | undefined, value: unknown): boolean {
  if (discriminator === undefined || !isObject(value)) return false;
  return option._zod.propValues?.[discriminator]?.has(value[discriminator] as z.core.util.Primitive) === true;
}

function asFieldError({ path, known }: UnknownField): FieldError {
  const name = path.at(-1) ?? '';
  const nearest = name.length > mostLetters ? undefined : nearestName(name, known);
  const fault = nearest === undefined ? because('unknown-field') : because('misspelt-field', { nearest });
  return { field: path.map((one) => one.slice(0, mostLetters)).join('.'), fault };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
