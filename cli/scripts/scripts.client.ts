import type {
  Script,
  ScriptChange,
  ScriptDetail,
  ScriptInput,
  ScriptVersion,
  ScriptVersionDetail,
  ScriptVersionInput,
} from '#api/scripts/scripts.contract.ts';
import type { HttpClient, Query } from '../kernel/client/http.ts';
import { allRows } from '../kernel/client/paging.ts';

/** The script library, by name or id. */
export interface ScriptsClient {
  /** By name, without the texts. */
  list(filter: Query, limit: number | undefined): Promise<Script[]>;
  create(script: ScriptInput): Promise<ScriptDetail>;
  /** With the text of the latest version. */
  get(script: string): Promise<ScriptDetail>;
  /** Name and description; the text changes by {@link ScriptsClient.addVersion}. */
  update(script: string, change: ScriptChange): Promise<ScriptDetail>;
  /** Newest first, without the texts. */
  versions(script: string, limit: number | undefined): Promise<ScriptVersion[]>;
  version(script: string, version: number): Promise<ScriptVersionDetail>;
  /** Refused where `baseVersion` is not the latest any more. */
  addVersion(script: string, version: ScriptVersionInput): Promise<ScriptDetail>;
  delete(script: string): Promise<{ deleted: boolean }>;
}

export function createScriptsClient(http: HttpClient): ScriptsClient {
  const scriptPath = (script: string) => `/api/v1/scripts/${encodeURIComponent(script)}`;
  return {
    list: (query, limit) => allRows<Script>(http, '/api/v1/scripts', { query, limit }),
    create: (body) => http.json('POST', '/api/v1/scripts', { body }),
    get: (script) => http.json('GET', scriptPath(script)),
    update: (script, body) => http.json('PATCH', scriptPath(script), { body }),
    versions: (script, limit) => allRows<ScriptVersion>(http, `${scriptPath(script)}/versions`, { limit }),
    version: (script, version) => http.json('GET', `${scriptPath(script)}/versions/${version}`),
    addVersion: (script, body) => http.json('POST', `${scriptPath(script)}/versions`, { body }),
    delete: (script) => http.json('DELETE', scriptPath(script)),
  };
}
