import { shellQuote } from '#web/lib/shell-quote.ts';

/** How the agent comes onto a machine. */
export const installForms = ['npx', 'joinFile', 'packed'] as const;
export type InstallForm = (typeof installForms)[number];

interface Install {
  /** Gateways to dial, joined by commas. */
  readonly server: string;
  readonly token: string;
  /** Folder of what the agent keeps. */
  readonly data: string;
  /** The host's own name where it is empty. */
  readonly name: string;
}

const tokenFile = 'signalbox-join';

/**
 * The command that starts an agent on a machine, as the manual gives it, with every word quoted for sh: `npx` in a
 * checkout of Signalbox; `joinFile` the same with the token in a file, where the machine has other users; `packed` with
 * nothing but Node and the folder `dist`.
 */
export function installCommand(form: InstallForm, { server, token, data, name }: Install): string {
  const rest = [
    `--server ${shellQuote(server)}`,
    `--data ${shellQuote(data)}`,
    ...(name === '' ? [] : [`--name ${shellQuote(name)}`]),
  ];
  const lines = (program: string, join: string) => [program, join, ...rest].join(' \\\n  ');
  if (form === 'npx') return lines('npx signalbox agent run', `--join ${shellQuote(token)}`);
  const write = `(umask 077; printf '%s\\n' ${shellQuote(token)} > ${tokenFile})`;
  const program = form === 'joinFile' ? 'npx signalbox agent run' : 'node dist/agent.mjs';
  return `${write}\n${lines(program, `--join-file ${tokenFile}`)}`;
}

/** Whether an address can only be reached on the machine it names. */
export function isLoopback(server: string): boolean {
  return server.split(',').every((address) => /^(127\.[\d.]+|localhost|\[?::1\]?)(:\d+)?$/i.test(address.trim()));
}
