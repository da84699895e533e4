import { z } from 'zod';

/** What an agent reports of its host. Bytes are bytes, times ISO 8601 in UTC. */
export const factsSchema = z.object({
  hostname: z.string().max(255),
  addresses: z
    .array(z.object({ interface: z.string(), address: z.string(), family: z.enum(['IPv4', 'IPv6']), mac: z.string() }))
    .max(1024),
  os: z.object({ platform: z.string(), release: z.string(), name: z.string(), version: z.string(), arch: z.string() }),
  cpu: z.object({ model: z.string(), cores: z.int().nonnegative() }),
  memory: z.object({ totalBytes: z.int().nonnegative() }),
  disks: z
    .array(z.object({ device: z.string(), mount: z.string(), type: z.string(), totalBytes: z.int().nonnegative() }))
    .max(1024),
  bootId: z.string(),
  machineId: z.string(),
});
export type Facts = z.infer<typeof factsSchema>;
