import { totalmem } from 'node:os';
import type { FactCollector } from './fact-collector.ts';

export const collectMemory: FactCollector<'memory'> = async () =>
  Promise.resolve({ memory: { totalBytes: totalmem() } });
