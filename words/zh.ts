import type { ReasonCode } from '#domain/names.ts';
import { zh as agents } from './agents/zh.ts';
import { zh as audit } from './audit/zh.ts';
import { zh as changes } from './changes/zh.ts';
import { zh as identity } from './identity/zh.ts';
import { zh as notifications } from './notifications/zh.ts';
import { zh as platform } from './platform/zh.ts';
import { zh as schedules } from './schedules/zh.ts';
import { zh as scripts } from './scripts/zh.ts';
import { zh as secrets } from './secrets/zh.ts';
import { zh as tasks } from './tasks/zh.ts';
import { zh as tickets } from './tickets/zh.ts';
import { zh as tree } from './tree/zh.ts';

/** What is said of every reason, in Chinese; one without words does not compile. */
export const zh: Readonly<Record<ReasonCode, string>> = {
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
