import { afterAll, beforeAll, describe } from 'vitest';
import { addAgent, type RealAgent } from '#tests/support/platform-agents.ts';
import { type Platform, startPlatform } from '#tests/support/platform.ts';
import { acceptanceSuite } from './acceptance.suite.ts';
import { authoritySuite } from './authority.suite.ts';
import { contractSuite } from './contract.suite.ts';
import { refusalSuite } from './refusal.suite.ts';
import { rightsSuite } from './rights.suite.ts';
import { payloadsSuite } from './payloads.suite.ts';
import type { Spine } from './spine.ts';
import { ticketAuthoritySuite } from './ticket-authority.suite.ts';
import { ticketsSuite } from './tickets.suite.ts';

/** The contract and the agent's acceptance list, on one platform with three real agents. */
describe('the spine', () => {
  let platform: Platform | undefined;
  const agents: RealAgent[] = [];
  const spine: { -readonly [Key in keyof Spine]?: Spine[Key] } = {};

  beforeAll(async () => {
    // The receiver of a webhook is on this machine.
    platform = await startPlatform({ env: { SIGNALBOX_WEBHOOK_ALLOW_PRIVATE: 'true' } });
    const { items } = await platform.api.get<{ items: { name: string }[] }>('/api/v1/agents');
    agents.push(await addAgent(platform, 'alpha'), await addAgent(platform, 'beta'));
    Object.assign(spine, { platform, local: items[0]?.name, alpha: agents[0], beta: agents[1] });
  }, 240_000);

  afterAll(async () => {
    for (const agent of agents) await agent.stop();
    await platform?.remove();
  }, 90_000);

  const ready = () => spine as Spine;
  contractSuite(ready);
  rightsSuite(ready);
  refusalSuite(ready);
  acceptanceSuite(ready);
  authoritySuite(ready);
  ticketsSuite(ready);
  ticketAuthoritySuite(ready);
  payloadsSuite(ready);
});
