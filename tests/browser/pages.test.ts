import { describe } from 'vitest';
import { accessibilitySuite, gateLooks } from './accessibility.suite.ts';
import { liveSuite } from './live.suite.ts';
import { storySuite } from './story.suite.ts';
import { onOnePlatform } from './web-stage.ts';

describe('the web', () => onOnePlatform(storySuite, accessibilitySuite(gateLooks), liveSuite));
