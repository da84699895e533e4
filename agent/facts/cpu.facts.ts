import { cpus } from 'node:os';
import type { FactCollector } from './fact-collector.ts';

export const collectCpu: FactCollector<'cpu'> = async () => {
  const all = cpus();
  return Promise.resolve({ cpu: { model: all[0]?.model.trim() ?? '', cores: all.length } });
};
