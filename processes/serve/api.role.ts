import { createApi } from '#api/server.ts';
import type { Config } from '#platform/config.ts';
import { composeServices, type Service } from '#platform/process.ts';
import { openRoleBase } from './role.ts';

/** The role `api`: REST, OpenAPI, live events, sign-in. Its health and metrics are on its own port. */
export function createApiRole(config: Config): Service {
  const role = openRoleBase('api', config);
  const { logger, metrics, temporal, database } = role;
  const api = createApi(config, { database, temporal, logger, metrics });
  const service: Service = {
    name: 'api',
    async start() {
      await api.start();
    },
    stop: () => api.stop(),
  };
  return composeServices([role.base, service]);
}
