import { Argument, type Command } from 'commander';
import { createAgentsClient } from '../agents/agents.client.ts';
import { createIdentityClient } from '../identity/identity.client.ts';
import { createWebhooksClient } from '../notifications/notifications.client.ts';
import { createScriptsClient } from '../scripts/scripts.client.ts';
import { createTasksClient } from '../tasks/tasks.client.ts';
import { createTicketsClient } from '../tickets/tickets.client.ts';
import { createTreeClient } from '../tree/tree.client.ts';
import type { CliContext } from './context.ts';
import { oneLine } from './output/text.ts';
import { complete, type Candidate, type CandidateKind } from './complete.ts';

/** Name under which the shells' scripts ask for candidates. */
export const completeCommand = '__complete';

const scripts = {
  bash: `_signalbox() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do COMPREPLY+=("\${line%%$'\\t'*}"); done \\
    < <(signalbox ${completeCommand} "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -o default -F _signalbox signalbox
`,
  zsh: `#compdef signalbox
_signalbox() {
  local line
  local -a items
  while IFS= read -r line; do items+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}"); done \\
    < <(signalbox ${completeCommand} "\${(@)words[2,CURRENT]}" 2>/dev/null)
  if (( \${#items} )); then _describe signalbox items; else _files; fi
}
compdef _signalbox signalbox
`,
  fish: `function __signalbox_complete
  set -l words (commandline -opc) (commandline -ct)
  signalbox ${completeCommand} $words[2..-1] 2>/dev/null
end
complete -c signalbox -f -n 'count (__signalbox_complete) >/dev/null' -a '(__signalbox_complete)'
`,
} as const;

const help = `
For this shell:   source <(signalbox completion bash)        (zsh likewise; fish: signalbox completion fish | source)
For every shell:  put that line into ~/.bashrc or ~/.zshrc, or the script into ~/.config/fish/completions/signalbox.fish
It completes the command 'signalbox', so have that on the PATH:  ln -s CHECKOUT/cli/signalbox.mjs ~/.local/bin/signalbox`;

/** `signalbox completion bash|zsh|fish` */
export function addCompletionCommand(program: Command, context: CliContext): void {
  program
    .command('completion')
    .description('Print the completion script of a shell')
    .addArgument(new Argument('<shell>').choices(['bash', 'zsh', 'fish']))
    .addHelpText('after', help)
    .action((shell: keyof typeof scripts) => context.print.data(scripts[shell]));
}

/** Prints candidates for what is being typed, one a line, a tab before what it is. Silence where nothing is known. */
export async function printCandidates(program: Command, context: CliContext, words: readonly string[]): Promise<void> {
  const candidates = await complete(program, words, (kind, typed) => lookUp(context, kind, typed).catch(() => []));
  context.print.data(candidates.map(({ value, about }) => `${value}\t${oneLine(about ?? '')}\n`).join(''));
}

/** A shell waits while somebody types: few rows, one try. */
async function lookUp(context: CliContext, kind: CandidateKind, typed: string): Promise<Candidate[]> {
  const http = context.http();
  const limit = 50;
  const q = typed === '' ? undefined : typed;
  switch (kind) {
    case 'nodes': {
      // Level by level, as shells complete folders.
      const dot = typed.lastIndexOf('.');
      const parent = dot === -1 ? undefined : typed.slice(0, dot);
      const nodes = await createTreeClient(http).children(parent, { limit });
      return nodes.map((node) => ({ value: node.path, about: node.description }));
    }
    case 'hosts':
      return (await createAgentsClient(http).list({ q, limit })).map(({ name, state }) => ({
        value: name,
        about: state,
      }));
    case 'tasks':
      return (await createTasksClient(http, context.io.interrupted).list({}, 20)).map((task) => ({
        value: task.id,
        about: `${task.state} ${task.title}`,
      }));
    case 'tickets':
      return (await createTicketsClient(http, context.io.interrupted).list({ state: 'open' }, 20)).map((ticket) => ({
        value: ticket.id,
        about: `${ticket.state} ${ticket.title}`,
      }));
    case 'webhooks':
      return (await createWebhooksClient(http).list(limit)).map(({ name, url }) => ({ value: name, about: url }));
    case 'scripts':
      return (await createScriptsClient(http).list({ q }, limit)).map(({ name, language, description }) => ({
        value: name,
        about: `${language} ${description}`,
      }));
    case 'users':
      return (await createIdentityClient(http).users({ q, limit })).map((user) => ({
        value: user.name,
        about: user.role,
      }));
  }
}
