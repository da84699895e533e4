import { describe } from 'vitest';
import { hostileTextSuite } from './hostile-text.suite.ts';
import { onOnePlatform } from './web-stage.ts';

describe('the web with texts of strangers', () => onOnePlatform(hostileTextSuite));
