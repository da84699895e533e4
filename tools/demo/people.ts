import { createCommandLine, type CommandLine } from './command-line.ts';
import { DemoFault, type Narrator } from './narrator.ts';

/** Somebody of the story, with a token for this run. */
export interface Person {
  readonly name: string;
  readonly tool: CommandLine;
  /** Ends the token. */
  leave(): Promise<void>;
}

interface UserRow {
  readonly name: string;
  readonly role: string;
  readonly disabled: boolean;
}

/** Creates a user, or takes the one that an earlier run made, and signs them in for a day at most. */
export async function bringIn(
  name: string,
  role: 'ops' | 'viewer',
  context: { checkout: string; url: string; admin: CommandLine; narrator: Narrator },
): Promise<Person> {
  const { checkout, url, admin, narrator } = context;
  const users = await admin.read<UserRow[]>('user', 'list', '--search', name);
  const known = users.find((user) => user.name === name);
  if (known === undefined) {
    const created = await admin.read<{ token: string; role: string }>('user', 'create', name, '--role', role);
    narrator.command('admin', `npx signalbox user create ${name} --role ${role}`);
    narrator.answer(`name   ${name}\nrole   ${created.role}\ntoken  ${created.token.slice(0, 6)}…`);
  } else {
    if (known.disabled || known.role !== role) {
      throw new DemoFault(`there is a user ${name} already, and not as the demo made it: ${JSON.stringify(known)}`);
    }
    narrator.say(`${name} (${role}) is here from an earlier run.`);
  }
  const words = ['--user', name, '--name', 'demo', '--expires', '1d'];
  const { id, token } = await admin.read<{ id: string; token: string }>('token', 'create', ...words);
  return {
    name,
    tool: createCommandLine(
      checkout,
      name.replace(/^demo-/, ''),
      { SIGNALBOX_URL: url, SIGNALBOX_TOKEN: token },
      narrator,
    ),
    leave: async () => void (await admin.read('token', 'revoke', id, '--user', name)),
  };
}
