import { join } from 'node:path';
import { replaySuite } from '#tests/support/replay-suite.ts';

replaySuite('task', join(import.meta.dirname, 'histories'));
