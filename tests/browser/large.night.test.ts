import { describe } from 'vitest';
import { largeSuite } from './large.suite.ts';
import { onOnePlatform } from './web-stage.ts';

describe('the web with much to show', () => onOnePlatform(largeSuite));
