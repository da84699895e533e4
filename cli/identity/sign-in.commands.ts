import { chmodSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { createHttpClient } from '../kernel/client/http.ts';
import { createIdentityClient } from './identity.client.ts';
import type { CliContext } from '../kernel/context.ts';
import { usageFault } from '../kernel/fault.ts';
import { readStandardInput, readText } from '../kernel/text-file.ts';

/** `signalbox login` and `logout`: for machines without the data folder, and people who do not want the environment. */
export function addSignInCommands(program: Command, context: CliContext): void {
  program
    .command('login')
    .description('Remember a platform and a token for this user of this machine')
    .argument('<url>', 'address of the platform')
    .option('--token-file <file>', 'file with the token; without: standard input')
    .action(async (address: string, options: { tokenFile?: string }) => {
      if (!URL.canParse(address) || !/^https?:/.test(address))
        throw usageFault('<url>', 'must be like https://signalbox.example');
      const url = address.replace(/\/+$/, '');
      const token = (await readToken(context, options.tokenFile)).trim();
      if (!/^[\x21-\x7e]+$/.test(token)) throw usageFault('--token-file', 'holds no token');
      const signIn = { url, token, from: 'login' } as const;
      const http = createHttpClient({ signIn, version: context.version, interrupted: context.io.interrupted });
      const me = await createIdentityClient(http).whoami();
      const file = context.settings.loginFile;
      mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
      writeFileSync(file, `${JSON.stringify({ url, token })}\n`, { mode: 0o600 });
      chmodSync(file, 0o600);
      context.print.message(`Signed in at ${url} as ${me.name} (${me.role}); kept in ${file}.`);
    });

  program
    .command('logout')
    .description('Forget what signalbox login remembered')
    .action(() => {
      rmSync(context.settings.loginFile, { force: true });
      context.print.message('Forgotten. The token itself goes on until it is revoked.');
    });
}

async function readToken(context: CliContext, tokenFile: string | undefined): Promise<string> {
  if (tokenFile !== undefined) return readText('--token-file', tokenFile, context.io);
  if (context.io.stdin.isTTY === true) context.print.message('Paste the token, then Ctrl-D:');
  return readStandardInput('--token-file', context.io);
}
