import { Argument, type Command } from 'commander';
import type { CliContext } from './context.ts';
import { oneLine } from './output/text.ts';
import { complete } from './complete.ts';
import { together, type CliRoom } from './room.ts';

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

/** Rows at most that a shell waits for. */
const limit = 50;

/** Prints candidates for what is being typed, one a line, a tab before what it is. Silence where nothing is known. */
export async function printCandidates(
  program: Command,
  rooms: readonly CliRoom[],
  context: CliContext,
  words: readonly string[],
): Promise<void> {
  const all = together(rooms, 'things');
  const candidates = await complete(program, rooms, words, async (things, text) => {
    const typed = { text, q: text === '' ? undefined : text, limit };
    return (
      (await all
        .get(things)
        ?.lookUp(context, typed)
        .catch(() => [])) ?? []
    );
  });
  context.print.data(candidates.map(({ value, about }) => `${value}\t${oneLine(about ?? '')}\n`).join(''));
}
