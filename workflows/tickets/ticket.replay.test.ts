import { join } from 'node:path';
import { replaySuite } from '#tests/support/replay-suite.ts';

replaySuite('ticket', join(import.meta.dirname, 'histories'));
