import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

const folder = join(import.meta.dirname, 'made-up-noun');

/**
 * The files of a noun that nobody needs, by their path from a checkout on: what it costs to bring it in is what any noun
 * costs. They lie in `made-up-noun/` as text, so that no tool takes them for ours.
 */
export const files: Readonly<Record<string, string>> = Object.fromEntries(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((file) => [relative(folder, file).replace(/\.txt$/, ''), readFileSync(file, 'utf8')]),
);

/** One line (or two) in a list that exists: what is put before what. */
export interface Line {
  readonly file: string;
  readonly before: string;
  readonly put: string;
}

/** Where the names come in. */
export const namesLines: readonly Line[] = [
  {
    file: 'domain/names.ts',
    before: '\n/** The names of every room.',
    put: "import { valveNames } from './valves/names.ts';\n",
  },
  { file: 'domain/names.ts', before: '] as const;\ntype Room', put: '  valveNames,\n' },
];

/** Where its tables come in. */
const tableLines: readonly Line[] = [
  {
    file: 'db/migrate.ts',
    before: '\nconst migrations',
    put: "import * as valves from './migrations/9000-valves.ts';\n",
  },
  { file: 'db/migrate.ts', before: '};\n\n/** Brings', put: "  '9000-valves': valves,\n" },
  {
    file: 'db/schema.ts',
    before: '\n/** Every table',
    put: "import type { ValveTurnTable } from '#db/valves/tables.ts';\n",
  },
  { file: 'db/schema.ts', before: '  event_floor: ', put: '  valve_turn: ValveTurnTable;\n' },
];

/** Lists that do not compile without its part. */
const closedLines: readonly Line[] = [
  ...(['en', 'zh'] as const).flatMap((language) => [
    {
      file: `words/${language}.ts`,
      before: '\n/** What is said of every reason',
      put: `import { ${language} as valves } from './valves/${language}.ts';\n`,
    },
    { file: `words/${language}.ts`, before: '};', put: '  ...valves,\n' },
  ]),
  {
    file: 'ledger/rooms.ts',
    before: '\n/** Every kind of change',
    put: "import { createValveTurnKind } from '#domain/valves/valve-turn.kind.ts';\nimport { valveTurnLedger } from './valves/valve-turn.ledger.ts';\n",
  },
  {
    file: 'ledger/rooms.ts',
    before: "  'manual.step': create",
    put: "  'valve.turn': createValveTurnKind(valveTurnLedger(tx)),\n",
  },
  {
    file: 'api/rooms.ts',
    before: '\n// What every room contributes',
    put: "import { addValveRoutes } from './valves/valves.routes.ts';\nimport { valveTopics } from './valves/valves.topics.ts';\n",
  },
  { file: 'api/rooms.ts', before: '} satisfies LiveTopics', put: '  valves: valveTopics.valves,\n' },
  {
    file: 'web/src/rooms.ts',
    before: '\n/** What each noun adds',
    put: "import { valveRoom } from '#web/nouns/valves/room.ts';\n",
  },
  { file: 'web/src/rooms.ts', before: '] as const;\n\ntype Part', put: '  valveRoom,\n' },
];
export const closedLists = [...new Set(closedLines.map(({ file }) => file))];

/** Where its parts come in: one list on each floor. */
export const partLines: readonly Line[] = [
  ...tableLines,
  ...closedLines,
  { file: 'api/rooms.ts', before: '  addAuditRoutes,\n];', put: '  addValveRoutes,\n' },
  { file: 'cli/rooms.ts', before: '\nconst all', put: "import { valveRoom } from './valves/room.ts';\n" },
  { file: 'cli/rooms.ts', before: '  auditRoom,\n]', put: '  valveRoom,\n' },
];
