import { hostname } from 'node:os';
import { readIfPresent } from '../durable-file.ts';
import { readBootId } from '../process-info.ts';
import type { FactCollector } from './fact-collector.ts';

export const collectHost: FactCollector<'hostname' | 'bootId' | 'machineId'> = async () => ({
  hostname: hostname(),
  bootId: readBootId(),
  machineId: (await readIfPresent('/etc/machine-id'))?.toString('utf8').trim() ?? '',
});
