import { z } from 'zod';
import { holdPorts, readKeptPorts, type HeldPorts } from './kept-ports.ts';

const portSchema = z.number().int().min(1).max(65535);
const portsSchema = z.object({
  web: portSchema,
  gateway: portSchema,
  workerAdmin: portSchema,
  gatewayAdmin: portSchema,
  postgres: portSchema,
  temporal: portSchema,
  temporalUi: portSchema,
});

export type Ports = z.infer<typeof portsSchema>;
export type PortName = keyof Ports;
export type ReservedPorts = HeldPorts<PortName>;

/** What a first start takes when it is free. */
export const defaultPorts: Ports = {
  web: 7380,
  gateway: 7381,
  workerAdmin: 7382,
  gatewayAdmin: 7383,
  postgres: 7384,
  temporal: 7233,
  temporalUi: 8233,
};

type SomePorts = { readonly [Name in PortName]?: number | undefined };

/** The ports of a data folder as chosen at its first start; undefined before it. */
export function readPorts(path: string): Ports | undefined {
  const parsed = portsSchema.safeParse(readKeptPorts(path));
  return parsed.success ? parsed.data : undefined;
}

/** The platform's ports, chosen at the first start of a data folder and kept in `path`; see `holdPorts`. */
export function reservePorts(
  path: string,
  demanded: SomePorts,
  hosts: Partial<Record<PortName, string>> = {},
): Promise<ReservedPorts> {
  return holdPorts(path, defaultPorts, demanded, hosts);
}
