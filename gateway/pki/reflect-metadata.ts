/**
 * The three functions of the `reflect-metadata` proposal that tsyringe calls, for classes only and without inheritance;
 * left alone where a full version is loaded already.
 */
const store = new WeakMap<object, Map<unknown, unknown>>();

const functions = {
  getMetadata: (key: unknown, target: object): unknown => store.get(target)?.get(key),
  getOwnMetadata: (key: unknown, target: object): unknown => store.get(target)?.get(key),
  defineMetadata(key: unknown, value: unknown, target: object): void {
    const known = store.get(target) ?? new Map<unknown, unknown>();
    store.set(target, known.set(key, value));
  },
};

if (!('getMetadata' in Reflect)) Object.assign(Reflect, functions);
