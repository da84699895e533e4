/** A JSON schema, as the OpenAPI document has it. */
export interface JsonSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, JsonSchema>>;
  readonly items?: JsonSchema;
  readonly oneOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
}

/** One way of writing a body, every field of it filled in. */
export type Example = unknown;

/** Names of the schemas that a document shares. */
type Shared = Readonly<Record<string, JsonSchema>>;

/** Examples of a schema which together have each field of it, in each option. */
export function examplesOf(schema: JsonSchema, shared: Shared): Example[] {
  const whole = resolve(schema, shared);
  const options = whole.oneOf ?? whole.anyOf;
  if (options !== undefined) return options.flatMap((option) => examplesOf(option, shared));
  if (whole.const !== undefined) return [whole.const];
  if (whole.enum !== undefined) return [whole.enum[0]];
  if (whole.items !== undefined) return [examplesOf(whole.items, shared)];
  if (whole.properties !== undefined) return objectsOf(whole.properties, shared);
  return [whole.type === 'object' ? {} : whole.type === 'string' ? 'text' : 1];
}

/** As many objects as the field with the most examples has. */
function objectsOf(properties: Readonly<Record<string, JsonSchema>>, shared: Shared): Example[] {
  const fields = Object.entries(properties).map(([name, schema]) => [name, examplesOf(schema, shared)] as const);
  const count = Math.max(1, ...fields.map(([, examples]) => examples.length));
  return Array.from({ length: count }, (_, index) =>
    Object.fromEntries(fields.map(([name, examples]) => [name, examples[Math.min(index, examples.length - 1)]])),
  );
}

function resolve(schema: JsonSchema, shared: Shared): JsonSchema {
  if (schema.$ref === undefined) return schema;
  const name = schema.$ref.split('/').at(-1) ?? '';
  const found = shared[name];
  if (found === undefined) throw new Error(`the document has no schema ${name}`);
  return found;
}

/** The example once for each of its fields, with that field under the misspelt name; `field` is its dotted path. */
export function misspellEach(example: Example, path: readonly string[] = []): { field: string; body: Example }[] {
  if (typeof example !== 'object' || example === null) return [];
  return Object.entries(example).flatMap(([name, value]) => {
    const inside = misspellEach(value, [...path, name]).map(({ field, body }) => ({
      field,
      body: replace(example, name, name, body),
    }));
    if (Array.isArray(example)) return inside;
    const twin = misspelt(name);
    return [{ field: [...path, twin].join('.'), body: replace(example, name, twin, value) }, ...inside];
  });
}

/** A name with one letter too many in its middle. */
export function misspelt(name: string): string {
  const middle = Math.ceil(name.length / 2);
  return name.slice(0, middle) + name.slice(middle - 1);
}

function replace(example: object, name: string, newName: string, value: unknown): Example {
  if (Array.isArray(example)) return example.map((inner: unknown, index) => (String(index) === name ? value : inner));
  return Object.fromEntries(
    Object.entries(example).map(([key, inner]) => (key === name ? [newName, value] : [key, inner])),
  );
}
