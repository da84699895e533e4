import type { Logger } from '#platform/logging.ts';
import type { FactsKeeper } from './facts-keeper.ts';
import type { GatewayMetrics } from './gateway-metrics.ts';
import type { ResultWriter } from './result-writer.ts';
import type { SessionOpener } from './session-opener.ts';
import type { SessionRegistry } from './session-registry.ts';

/** What a session needs of its gateway. */
export interface SessionDeps {
  readonly gatewayId: string;
  readonly maxParallelRuns: number;
  readonly opener: SessionOpener;
  readonly registry: SessionRegistry;
  readonly writer: ResultWriter;
  readonly facts: FactsKeeper;
  /** Sends everything outstanding to the agent's session. */
  readonly pull: (agentId: string, options?: { repeat?: boolean }) => Promise<unknown>;
  /** Number of the agent's next command. */
  readonly nextSeq: (agentId: string) => Promise<number>;
  /** host:port of the gateways that live now. */
  readonly gateways: () => string[];
  readonly metrics: GatewayMetrics;
  readonly logger: Logger;
}
