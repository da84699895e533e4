/** A noun that nobody needs: what it costs to bring it in is what any noun costs. Files by their path from the checkout on. */
export const files: Readonly<Record<string, string>> = {
  'domain/valves/names.ts': `
import type { RoomNames } from '../room-names.ts';

export const valveNames = {
  kinds: ['valve.turn'],
  actions: { 'valve.view': { scope: 'platform', roles: ['admin'], nodeRoles: [] } },
  announcements: ['valve.stuck'],
  topics: ['valves'],
} as const satisfies RoomNames;
`,
  'domain/valves/valve-turn.kind.ts': `
import { z } from 'zod';
import type { ChangeKind, NewSubject } from '../changes/change-kind.ts';

export const valveTurnSchema = z.object({ valve: z.string().min(1), open: z.boolean() });
export type ValveTurn = z.infer<typeof valveTurnSchema>;

export interface ValveTurnPort {
  write(subject: NewSubject, turn: ValveTurn): Promise<void>;
  read(id: string): Promise<ValveTurn & { readonly turned: boolean }>;
  turn(id: string): Promise<void>;
  forget(id: string): Promise<void>;
}

export function createValveTurnKind(port: ValveTurnPort): ChangeKind<ValveTurn, ValveTurn> {
  const titleOf = ({ valve, open }: ValveTurn) => \`\${open ? 'Open' : 'Close'} \${valve}\`;
  return {
    kind: 'valve.turn',
    schemaVersion: 1,
    schema: valveTurnSchema,
    needsTicket: false,
    requires: (_, turn) =>
      Promise.resolve({ title: titleOf(turn), nodes: [], targets: [], about: {}, audited: { ...turn }, content: turn }),
    touches: () => ({ machineIds: [], nodeIds: [] }),
    write: (subject, turn) => port.write(subject, turn),
    async plan(id) {
      const { valve, open } = await port.read(id);
      return { title: titleOf({ valve, open }), payload: { valve, open }, targets: [], baseVersion: '', risk: 'low' };
    },
    diff: () => [],
    check: () => undefined,
    refresh: () => Promise.resolve(),
    apply: (id) => port.turn(id),
    start: () => Promise.resolve(undefined),
    async verify(id) {
      return (await port.read(id)).turned ? { succeeded: true, summary: 'Turned' } : undefined;
    },
    refuse: (id) => port.forget(id),
  };
}
`,
  'ledger/valves/valve-turn.ledger.ts': `
import type { Tx } from '#db/database.ts';
import type { ValveTurnPort } from '#domain/valves/valve-turn.kind.ts';

export function valveTurnLedger(_tx: Tx): ValveTurnPort {
  const never = () => Promise.reject(new Error('only compiled'));
  return { write: never, read: never, turn: never, forget: never };
}
`,
  'api/valves/valves.topics.ts': `
import type { LiveTopics } from '#api/kernel/live/live-topic.ts';

export const valveTopics: Pick<LiveTopics, 'valves'> = { valves: { of: 'list' } };
`,
};

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

/** Where its parts come in: one list on each floor. */
export const partLines: readonly Line[] = [
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
    put: "import { valveTopics } from './valves/valves.topics.ts';\n",
  },
  { file: 'api/rooms.ts', before: '} satisfies LiveTopics', put: '  valves: valveTopics.valves,\n' },
];
