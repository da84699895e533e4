import type { CliContext } from '../kernel/context.ts';
import { CliFault, exitCodes } from '../kernel/fault.ts';
import { createLiveLine } from '../kernel/output/live-line.ts';
import type { ItemView } from '../kernel/output/printer.ts';
import type { SecretsClient } from './secrets.client.ts';

/** What a change of the key came to. */
export interface RotatedKey {
  readonly keyId: string;
  /** By this command. */
  readonly rewrapped: number;
}

export const rotatedKey: ItemView<RotatedKey> = {
  fields: ({ keyId, rewrapped }) => [
    ['key', keyId],
    ['sealed anew', String(rewrapped)],
  ],
  name: ({ keyId }) => keyId,
};

/**
 * Asks for one batch after another until nothing is left that another key seals, with progress on stderr. A Ctrl-C leaves
 * what is done as it is. Ends with a fault where values stay behind that no key of the file opens.
 */
export async function rotateKey(context: CliContext, secrets: SecretsClient): Promise<RotatedKey> {
  const { io, print } = context;
  const line = createLiveLine<'sealing'>(io.stderr, print.paintMessage, { sealing: 'plain' });
  let rewrapped = 0;
  try {
    for (;;) {
      const batch = await secrets.rewrap();
      rewrapped += batch.rewrapped;
      if (batch.left === 0) {
        if (batch.unreadable > 0) throw await unreadableFault(secrets, rewrapped);
        return { keyId: batch.keyId, rewrapped };
      }
      line.show('sealing', `${rewrapped} sealed with key ${batch.keyId}, ${batch.left} left`);
      // Somebody else holds what is left: at the same work, or rotating or destroying just these secrets.
      if (batch.rewrapped === 0) await new Promise((resolve) => setTimeout(resolve, 500));
      if (io.interrupted.aborted) {
        throw new CliFault(exitCodes.interrupted, `${batch.left} are left; the same command goes on with them`);
      }
    }
  } finally {
    line.end();
  }
}

async function unreadableFault(secrets: SecretsClient, rewrapped: number): Promise<CliFault> {
  const { keys } = await secrets.key();
  const missing = keys.flatMap(({ id, inFile, values }) => (inFile ? [] : [`${id} (${values})`])).join(', ');
  return new CliFault(
    exitCodes.failed,
    `${rewrapped} sealed anew; others were sealed with keys that are not in the key file: ${missing}`,
    'Put these keys back into the file and run it again, or give the secrets new values.',
  );
}
