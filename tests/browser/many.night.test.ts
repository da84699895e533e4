import { describe } from 'vitest';
import { routes } from './addresses.ts';
import { manySuite } from './many.suite.ts';
import { onOnePlatform } from './web-stage.ts';

describe('the web with many rows of everything', () => onOnePlatform(manySuite(routes)));
