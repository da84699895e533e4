import type { TicketDetail } from '#web/nouns/tickets/client.ts';

type Content = TicketDetail['content'];
type Language = 'shell' | 'python' | 'plaintext';

/** A run on hosts, to the letter. */
export interface RunContent {
  readonly kind: 'task.run';
  readonly script: string | undefined;
  readonly language: Language;
  readonly command: readonly string[] | undefined;
  readonly interpreter: string | undefined;
  readonly args: readonly string[];
  readonly env: readonly (readonly [string, string])[];
  readonly workDir: string | undefined;
  readonly runAs: string | undefined;
  readonly timeoutMs: number | undefined;
  readonly concurrency: number | undefined;
  readonly onError: string | undefined;
}

/** Something that a person does by hand. */
interface StepContent {
  readonly kind: 'manual.step';
  readonly instructions: string;
}

/** What a ticket asks for, in the parts that people read. Keys of the payload that are not known here are in `others`. */
export function readContent(content: Content): (RunContent | StepContent) & { readonly others: string | undefined } {
  const { payload } = content;
  if (content.kind === 'manual.step') {
    const { title: _title, instructions, ...rest } = payload;
    return { kind: 'manual.step', instructions: text(instructions) ?? '', others: othersOf(rest) };
  }
  const {
    title: _title,
    script,
    command,
    interpreter,
    args,
    env,
    workDir,
    runAs,
    timeoutMs,
    strategy,
    ...rest
  } = payload;
  const { concurrency, onError, ...moreStrategy } = record(strategy);
  return {
    kind: 'task.run',
    script: text(script),
    language: languageOf(text(script) ?? '', text(interpreter)),
    command: Array.isArray(command) ? command.map(String) : undefined,
    interpreter: text(interpreter),
    args: Array.isArray(args) ? args.map(String) : [],
    env: Object.entries(record(env)).map(([name, value]) => [name, wordOf(value)] as const),
    workDir: text(workDir),
    runAs: text(runAs),
    timeoutMs: typeof timeoutMs === 'number' ? timeoutMs : undefined,
    concurrency: typeof concurrency === 'number' ? concurrency : undefined,
    onError: text(onError),
    others: othersOf({ ...rest, ...moreStrategy }),
  };
}

/** A command as one line that a shell would read as exactly these words. */
export function shellLine(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`)).join(' ');
}

/**
 * Whether any text of a value holds characters that cannot be seen or that turn the direction of reading: it may look like
 * something else than what would run.
 */
export function hasHiddenCharacters(value: unknown): boolean {
  if (typeof value === 'string') return hidden.test(value);
  return typeof value === 'object' && value !== null && Object.entries(value).flat().some(hasHiddenCharacters);
}

const hidden =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/u;

/** What to type to let a high risk go: the node it is on, else its first host, else its title. */
export function nameToType(ticket: Pick<TicketDetail, 'nodes' | 'content' | 'title'>): string {
  return ticket.nodes[0] ?? ticket.content.targets[0]?.name ?? ticket.title;
}

function languageOf(script: string, interpreter: string | undefined): Language {
  const program = interpreter ?? (script.startsWith('#!') ? (script.slice(2).split('\n', 1)[0] ?? '') : 'bash');
  if (/python/.test(program)) return 'python';
  return /(^|[/ ])(ba|da|z|k|a)?sh\b/.test(program.trim()) ? 'shell' : 'plaintext';
}

/** A value of an environment: a text, or a version of a secret. */
function wordOf(value: unknown): string {
  const { secret, version } = record(value);
  return typeof secret === 'string' ? `${secret}@${String(version)}` : String(value);
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function othersOf(rest: Readonly<Record<string, unknown>>): string | undefined {
  return Object.keys(rest).length === 0 ? undefined : JSON.stringify(rest, undefined, 2);
}
