import { describe } from 'vitest';
import { accessibilitySuite, gateLooks } from './accessibility.suite.ts';
import { liveSuite } from './live.suite.ts';
import { storySuite } from './story.suite.ts';
import { manySuite } from './many.suite.ts';
import { onOnePlatform } from './web-stage.ts';

/** Pages of which much is to be shown, and one that has editors; the night walks all of them. */
const longPages = [
  '/',
  '/admin/audit',
  '/inbox',
  '/schedules',
  '/schedules/[id]',
  '/scripts',
  '/scripts/[id]',
  '/tasks',
  '/tasks/[id]',
];

describe('the web', () => onOnePlatform(storySuite, accessibilitySuite(gateLooks), liveSuite, manySuite(longPages)));
