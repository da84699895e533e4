import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Metrics of one process; every part registers its own on it. Names start with `signalbox_`. */
export interface Metrics {
  counter<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Counter<Label>;
  gauge<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Gauge<Label>;
  /** Seconds, with buckets from 1 ms to 30 s. */
  seconds<Label extends string = never>(name: string, help: string, labels?: readonly Label[]): Histogram<Label>;
  /** The text that Prometheus scrapes. */
  render(): Promise<{ contentType: string; body: string }>;
}

export function createMetrics(role: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: labels, registers: [registry] }),
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: labels, registers: [registry] }),
    seconds: (name, help, labels = []) =>
      new Histogram({
        name,
        help,
        labelNames: labels,
        buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
        registers: [registry],
      }),
    render: async () => ({ contentType: registry.contentType, body: await registry.metrics() }),
  };
}
