import { z } from 'zod';
import { because } from '../reasons.ts';
import { faultBecause } from '../schema-fault.ts';
import { canonicalAddress } from './address.ts';

/** Whether a word can name a host: by the name of its agent or machine, by its address, or by its id. */
export function isHostWord(word: string): boolean {
  return /^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/.test(word) || canonicalAddress(word) !== undefined;
}

/** A word that names a host. What a list of hosts of another program has besides (`;`, `[web]`, `port=22`) is refused by name. */
export const hostWordSchema = z
  .string()
  .trim()
  .min(1)
  .max(255)
  .superRefine((host, context) => {
    if (isHostWord(host)) return;
    const { error: message, params } = faultBecause(because('not-a-host', { host }));
    context.addIssue({ code: 'custom', message, params });
  });
