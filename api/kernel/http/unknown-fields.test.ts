import { z } from 'zod';
import { describe, expect, it } from 'vitest';
import { unknownFieldsOf } from './unknown-fields.ts';

const inner = z.object({ runAs: z.string().optional(), workDir: z.string() });
const misspelt = { workDir: '/', runaAs: 'root' };
const atInner = [{ field: 'it.runaAs', fault: { code: 'misspelt-field', params: { nearest: 'runAs' } } }];

/** Names of the unknown fields of a value. */
function unknownIn(schema: z.ZodType, value: unknown): string[] {
  return unknownFieldsOf(schema)(value).map(({ field }) => field);
}

describe('unknown fields', () => {
  it.each<[string, z.ZodType]>([
    ['an object', inner],
    ['a strict object', inner.strict()],
    ['an optional one', inner.optional()],
    ['one that may be null', inner.nullable()],
    ['one with a default', inner.default({ workDir: '' })],
    ['one with a prefault', inner.partial().prefault({})],
    ['one that is read only', inner.readonly()],
    ['one that is refined', inner.refine(() => true)],
    ['one that is transformed', inner.transform(() => 1)],
    ['one that is piped', inner.pipe(z.any())],
    ['one that is optional, then has a default', inner.optional().default({ workDir: '' })],
    ['a union with what is no object', z.union([z.string(), inner])],
    ['a union of objects', z.union([z.object({ other: z.string() }), inner])],
  ])('are found in %s', (_, schema) => {
    expect(unknownFieldsOf(z.object({ it: schema }))({ it: misspelt })).toEqual(atInner);
  });

  it('are found in arrays and in the values of records, whose names are free', () => {
    expect(unknownIn(z.array(inner), [{}, misspelt])).toEqual(['1.runaAs']);
    expect(unknownIn(z.record(z.string(), inner), { own: misspelt })).toEqual(['own.runaAs']);
  });

  it('are found by what a discriminated union names, also where its name is wrong', () => {
    const schema = z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('a'), node: z.string() }),
      z.object({ kind: z.literal('b'), task: inner }),
    ]);
    expect(unknownIn(schema, { kind: 'a', task: {} })).toEqual(['task']);
    expect(unknownIn(schema, { kind: 'b', task: misspelt })).toEqual(['task.runaAs']);
    expect(unknownIn(schema, { kid: 'b', task: {} })).toEqual(['kid']);
  });

  it('are not what an object that takes others has, nor what stands where no object belongs', () => {
    expect(unknownIn(z.looseObject({}), misspelt)).toEqual([]);
    expect(unknownIn(z.object({}).catchall(inner), { any: misspelt })).toEqual(['any.runaAs']);
    expect(unknownIn(z.object({ it: z.unknown() }), { it: misspelt })).toEqual([]);
    expect(unknownIn(inner, [misspelt])).toEqual([]);
    expect(unknownIn(inner, null)).toEqual([]);
  });

  it('are found under every name, also one that objects have by themselves', () => {
    const value: unknown = JSON.parse('{"__proto__":1,"constructor":2,"toString":3}');
    expect(unknownIn(inner, value)).toEqual(['__proto__', 'constructor', 'toString']);
    expect(unknownFieldsOf(inner)({ priority: 1 })).toEqual([
      { field: 'priority', fault: { code: 'unknown-field', params: {} } },
    ]);
  });

  it('of very many are told in part', () => {
    const many = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [`n${index}`, 1]));
    expect(unknownIn(inner, many)).toHaveLength(100);
  });

  it('cannot be looked for in a schema that says nothing of its names', () => {
    expect(() => unknownFieldsOf(z.object({ it: z.map(z.string(), inner) }))).toThrow('type map');
  });
});
