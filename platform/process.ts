/** A part of a process that runs until it is stopped. `stop` drains, and is safe to call twice. */
export interface Service {
  readonly name: string;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts services in order and stops them in reverse. Where one fails to start, those before it are stopped and the
 * error is thrown; an error while stopping does not keep the others from being stopped.
 */
export function composeServices(services: readonly Service[]): Service {
  const started: Service[] = [];
  let stopping: Promise<void> | undefined;

  async function stopAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const service of started.splice(0).reverse()) {
      await service.stop().catch((error: unknown) => errors.push(error));
    }
    if (errors.length > 0) throw new AggregateError(errors, 'some services did not stop cleanly');
  }

  return {
    name: services.map((service) => service.name).join('+'),
    async start() {
      for (const service of services) {
        try {
          await service.start();
          started.push(service);
        } catch (error) {
          await stopAll().catch(() => undefined);
          throw error;
        }
      }
    },
    stop: () => (stopping ??= stopAll()),
  };
}
