import type {
  Script,
  ScriptChange,
  ScriptDetail,
  ScriptInput,
  ScriptVersion,
  ScriptVersionDetail,
  ScriptVersionInput,
} from '#api/scripts/scripts.contract.ts';
import { type Page, request, segment } from '../../lib/api/http.ts';

export type { ScriptDetail, ScriptVersion };
export type ScriptSummary = Script;
export type ScriptLanguage = Script['language'];

export const scriptLanguages: readonly ScriptLanguage[] = ['shell', 'python', 'json', 'yaml'];

const base = '/api/v1/scripts';
const path = (script: string) => `${base}/${segment(script)}`;

export const scripts = {
  list: (query: { q?: string; language?: ScriptLanguage; cursor?: string; limit?: number }) =>
    request<Page<ScriptSummary>>('GET', base, { query }),
  get: (script: string) => request<ScriptDetail>('GET', path(script)),
  create: (input: ScriptInput) => request<ScriptDetail>('POST', base, { body: input }),
  update: (script: string, change: ScriptChange) => request<ScriptDetail>('PATCH', path(script), { body: change }),
  versions: (script: string, query: { cursor?: string; limit?: number }) =>
    request<Page<ScriptVersion>>('GET', `${path(script)}/versions`, { query }),
  version: (script: string, version: number) =>
    request<ScriptVersionDetail>('GET', `${path(script)}/versions/${version}`),
  addVersion: (script: string, input: ScriptVersionInput) =>
    request<ScriptDetail>('POST', `${path(script)}/versions`, { body: input }),
  remove: (script: string) => request<{ deleted: boolean }>('DELETE', path(script)),
};
