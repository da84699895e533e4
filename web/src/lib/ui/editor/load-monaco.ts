import { currentLocale } from '#web/lib/i18n/index.svelte.ts';
import type * as MonacoModule from './monaco.ts';

export type Monaco = typeof MonacoModule;

/** Languages that the editors know. */
export type EditorLanguage = 'shell' | 'python' | 'json' | 'yaml' | 'plaintext';

let loading: Promise<Monaco> | undefined;

async function load(): Promise<Monaco> {
  // Monaco reads its words while it is loaded, once: a changed language is spoken after the next page load.
  if (currentLocale() === 'zh') await import('monaco-editor/nls/lang/zh-cn');
  const [monaco, { default: EditorWorker }] = await Promise.all([
    import('./monaco.ts'),
    import('monaco-editor/editor/editor.worker?worker'),
  ]);
  Object.assign(self, { MonacoEnvironment: { getWorker: () => new EditorWorker() } });
  return monaco;
}

/** Monaco, loaded when it is first asked for. After a failure it is tried anew. */
export function loadMonaco(): Promise<Monaco> {
  loading ??= load().catch((error: unknown) => {
    loading = undefined;
    throw error;
  });
  return loading;
}
