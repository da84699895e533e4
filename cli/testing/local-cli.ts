import { runCliHere, type CliResult } from './run-cli.ts';

/** The command line of people at a platform: signed in through its data folder, or by a token. */
export interface LocalCli {
  readonly run: (argv: readonly string[], more?: { token?: string; stdin?: string }) => Promise<CliResult>;
  /** The JSON of a command line that has to end with 0. */
  readonly json: <T = Record<string, unknown>>(...argv: string[]) => Promise<T>;
}

export function createLocalCli(platform: () => { url: string; dataFolder: string }): LocalCli {
  const cli: LocalCli = {
    run(argv, { token, stdin } = {}) {
      const { url, dataFolder } = platform();
      const env: Record<string, string> =
        token === undefined ? { SIGNALBOX_DATA: dataFolder } : { SIGNALBOX_URL: url, SIGNALBOX_TOKEN: token };
      return runCliHere(argv, { env, ...(stdin === undefined ? {} : { stdin }) });
    },
    async json<T>(...argv: string[]) {
      const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
      const ran = await cli.run([...argv.slice(0, end), '-o', 'json', ...argv.slice(end)]);
      if (ran.code !== 0) throw new Error(`${argv.join(' ')}: ${ran.code} ${ran.stderr}`);
      return JSON.parse(ran.stdout) as T;
    },
  };
  return cli;
}
