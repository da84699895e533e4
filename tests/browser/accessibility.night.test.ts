import { describe } from 'vitest';
import { accessibilitySuite, nightLooks } from './accessibility.suite.ts';
import { onOnePlatform } from './web-stage.ts';

describe('the web in its other looks', () => onOnePlatform(accessibilitySuite(nightLooks)));
