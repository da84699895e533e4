import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { answersOk } from '#processes/supervisor/parts.ts';
import { runCommand } from '../ensure/command.ts';
import { prometheusAtHand, prometheusBinaries, prometheusVersion } from '../ensure/prometheus.ts';
import type { LabPart, LabServer, Scene } from './part.ts';

function replica(name: string, usualPort: number): LabServer {
  const address = ({ ports }: Scene) => `http://127.0.0.1:${ports[name]}`;
  return {
    name,
    ports: { [name]: usualPort },
    address,
    ready: (scene) => answersOk(`${address(scene)}/-/ready`),
    readyWithinMs: 60_000,
  };
}

const replicas = [replica('prometheus-1', 7385), replica('prometheus-2', 7386)];

/** The configuration of one of the two: it scrapes itself, the other one, and the platform's processes. */
function configuration(self: LabServer, { ports, platform }: Scene): unknown {
  const processes = Object.entries(platform ?? {});
  return {
    global: {
      scrape_interval: '5s',
      scrape_timeout: '4s',
      evaluation_interval: '5s',
      external_labels: { lab: 'signalbox', replica: self.name },
    },
    rule_files: ['rules.yml'],
    scrape_configs: [
      {
        job_name: 'prometheus',
        static_configs: replicas.map(({ name }) => ({
          targets: [`127.0.0.1:${ports[name]}`],
          labels: { server: name },
        })),
      },
      ...(processes.length === 0
        ? []
        : [
            {
              job_name: 'signalbox',
              static_configs: processes.map(([role, target]) => ({ targets: [target], labels: { process: role } })),
            },
          ]),
    ],
  };
}

const rules = {
  groups: [
    {
      name: 'lab',
      rules: [
        { record: 'job:up:count', expr: 'count by (job) (up == 1)' },
        {
          alert: 'Watchdog',
          expr: 'vector(1)',
          labels: { severity: 'none' },
          annotations: { summary: 'Always fires: where it stops arriving, alerting is broken.' },
        },
        {
          alert: 'TargetDown',
          expr: 'up == 0',
          for: '1m',
          labels: { severity: 'warning' },
          annotations: { summary: '{{ $labels.job }} {{ $labels.instance }} has not answered for a minute.' },
        },
      ],
    },
  ],
};

/** Two real Prometheus servers with configurations of their own, each of which sees the other. */
export const prometheus: LabPart = {
  name: 'prometheus',
  what: 'two Prometheus servers that scrape themselves, each other and the platform',
  servers: replicas,
  async found(options) {
    const programs = await prometheusAtHand(options);
    if (!programs) return undefined;
    return `${(await prometheusVersion(programs.prometheus)) ?? 'of unknown version'}, ${programs.prometheus}`;
  },
  async get(options) {
    const programs = await prometheusBinaries(options);
    return async (server, scene) => {
      const folder = join(scene.folder, server.name);
      const file = join(folder, 'prometheus.yml');
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeFileSync(join(folder, 'rules.yml'), stringify(rules));
      writeFileSync(file, stringify(configuration(server, scene)));
      await runCommand(programs.promtool, ['check', 'config', file], { timeoutMs: 30_000 });
      const port = scene.ports[server.name];
      return {
        file: programs.prometheus,
        args: [
          ...[`--config.file=${file}`, `--storage.tsdb.path=${join(folder, 'data')}`],
          ...['--storage.tsdb.retention.time=6h', '--storage.tsdb.retention.size=256MB'],
          ...[`--web.listen-address=127.0.0.1:${port}`, `--web.external-url=${server.address(scene)}`],
          ...['--web.enable-lifecycle', '--query.max-concurrency=4', '--query.max-samples=5000000'],
        ],
        // Memory from which Go collects harder, so that two of them fit beside a platform.
        env: { GOMEMLIMIT: '200MiB', GOGC: '50' },
      };
    };
  },
  answer: (scene) => replicas.map((server) => server.address(scene)),
};
