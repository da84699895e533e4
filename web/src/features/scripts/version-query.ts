import type { scripts } from '#web/nouns/scripts/client.ts';

/** How to ask for one version of a script: once, as versions never change. */
export function versionQuery(api: Pick<typeof scripts, 'version'>, script: string, version: number) {
  return {
    queryKey: ['scripts', script, 'version', version] as const,
    queryFn: () => api.version(script, version),
    staleTime: Infinity,
  };
}
