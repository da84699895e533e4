import { arch, platform, release } from 'node:os';
import { readIfPresent } from '../durable-file.ts';
import type { FactCollector } from './fact-collector.ts';

export const collectOs: FactCollector<'os'> = async () => {
  const text = (await readIfPresent('/etc/os-release'))?.toString('utf8') ?? '';
  const value = (name: string) => new RegExp(`^${name}=(?:"(.*)"|(.*))$`, 'm').exec(text)?.slice(1).find(Boolean) ?? '';
  return {
    os: { platform: platform(), release: release(), name: value('NAME'), version: value('VERSION_ID'), arch: arch() },
  };
};
