import type { ReasonCode } from '#domain/names.ts';
import { en as agents } from './agents/en.ts';
import { en as audit } from './audit/en.ts';
import { en as changes } from './changes/en.ts';
import { en as identity } from './identity/en.ts';
import { en as notifications } from './notifications/en.ts';
import { en as platform } from './platform/en.ts';
import { en as schedules } from './schedules/en.ts';
import { en as scripts } from './scripts/en.ts';
import { en as secrets } from './secrets/en.ts';
import { en as tasks } from './tasks/en.ts';
import { en as tickets } from './tickets/en.ts';
import { en as tree } from './tree/en.ts';

/** What is said of every reason, in English; one without words does not compile. */
export const en: Readonly<Record<ReasonCode, string>> = {
  ...platform,
  ...identity,
  ...tree,
  ...audit,
  ...agents,
  ...schedules,
  ...scripts,
  ...secrets,
  ...notifications,
  ...changes,
  ...tasks,
  ...tickets,
};
