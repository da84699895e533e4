import type { RewrappedSecrets, Secret, SecretInput, SecretKey, SecretVersion } from '#api/secrets/secrets.contract.ts';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

/** Secrets; a value only ever goes in. */
export interface SecretsClient {
  list(filter: Query, limit: number | undefined): Promise<Secret[]>;
  /** The one with this name, or undefined. */
  find(name: string): Promise<Secret | undefined>;
  create(secret: SecretInput): Promise<Secret>;
  rotate(id: string, value: string): Promise<Secret>;
  versions(id: string, limit: number | undefined): Promise<SecretVersion[]>;
  delete(id: string): Promise<{ deleted: boolean }>;
  deleteVersion(id: string, version: number): Promise<{ deleted: boolean }>;
  /** Which keys seal how much. */
  key(): Promise<SecretKey>;
  /** Moves some values under the first key. */
  rewrap(): Promise<RewrappedSecrets>;
}

export function createSecretsClient(http: HttpClient): SecretsClient {
  const path = '/api/v1/secrets';
  return {
    list: (query, limit) => allRows<Secret>(http, path, { query, limit }),
    find: async (name) => (await allRows<Secret>(http, path, { query: { name }, limit: 1 }))[0],
    create: (body) => http.json('POST', path, { body }),
    rotate: (id, value) => http.json('POST', `${path}/${id}/versions`, { body: { value } }),
    versions: (id, limit) => allRows<SecretVersion>(http, `${path}/${id}/versions`, { limit }),
    delete: (id) => http.json('DELETE', `${path}/${id}`),
    deleteVersion: (id, version) => http.json('DELETE', `${path}/${id}/versions/${version}`),
    key: () => http.json('GET', '/api/v1/secret-key'),
    rewrap: () => http.json('POST', '/api/v1/secret-key/rewrap', { body: {} }),
  };
}
