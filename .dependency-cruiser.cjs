/** Which floor may import which: ARCHITECTURE.md shows the same as a picture. */
const floors = {
  domain: [],
  words: ['domain'],
  platform: ['domain'],
  proto: [],
  workflows: ['domain', 'words'],
  db: ['domain', 'platform'],
  ledger: ['domain', 'db', 'platform'],
  connectors: ['domain', 'words', 'platform'],
  agent: ['domain', 'proto', 'platform'],
  activities: ['domain', 'words', 'db', 'ledger', 'connectors', 'platform'],
  gateway: ['domain', 'db', 'ledger', 'platform', 'proto'],
  api: ['domain', 'words', 'db', 'ledger', 'connectors', 'platform'],
  workers: ['domain', 'db', 'ledger', 'connectors', 'platform', 'workflows', 'activities', 'gateway'],
  cli: ['domain', 'words', 'platform'],
  web: ['domain', 'words'],
};
/** What the web and the command line may see of the api. */
const contracts = '^api/([^/]+/|kernel/live/)[^/]+\\.contract\\.ts$|^api/kernel/contract/';
const tests = '\\.test\\.ts$|/testing/';

/** Rooms of the ledger, low ones first: a room knows no room above it. `rooms.ts` is for composition roots alone. */
const strata = [
  ['kernel'],
  ['audit', 'notifications', 'identity', 'tree', 'secrets'],
  ['changes'],
  ['tickets'],
  ['agents', 'assets', 'schedules', 'scripts', 'tasks'],
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-unresolved',
      severity: 'error',
      from: {},
      // What SvelteKit and Vite make up at build time.
      to: { couldNotResolve: true, pathNot: '^\\$app/|\\?worker$|\\.css$' },
    },
    ...Object.entries(floors).map(([floor, below]) => ({
      name: `${floor}-imports-only-${below.join('-') || 'itself'}`,
      severity: 'error',
      from: { path: `^${floor}/`, pathNot: tests },
      to: {
        path: '^(domain|words|platform|proto|workflows|db|ledger|connectors|agent|activities|gateway|api|workers|cli|web|processes|tools|tests|bench)/',
        pathNot: [
          `^(${[floor, ...below].join('|')})/`,
          ...(floor === 'api' ? ['^workflows/([^/]+/[^/]+\\.messages|rooms)\\.ts$'] : []),
          ...(floor === 'cli' || floor === 'web' ? [contracts] : []),
        ],
      },
    })),
    ...['api', 'cli'].map((floor) => ({
      name: `${floor}-kernel-knows-no-room`,
      comment: 'What a room has to say comes to the kernel through rooms.ts.',
      severity: 'error',
      from: { path: `^${floor}/kernel/`, pathNot: tests },
      to: { path: `^${floor}/`, pathNot: `^${floor}/kernel/` },
    })),
    {
      name: 'domain-is-pure',
      severity: 'error',
      from: { path: '^domain/', pathNot: tests },
      to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
    },
    ...strata.slice(0, -1).map((rooms, index) => ({
      name: `ledger-${rooms.join('-')}-knows-no-room-above`,
      severity: 'error',
      from: { path: `^ledger/(${rooms.join('|')})/`, pathNot: tests },
      to: {
        path: `^ledger/(${strata
          .slice(index + 1)
          .flat()
          .join('|')})/`,
      },
    })),
    {
      name: 'rooms-are-composed-at-the-root',
      severity: 'error',
      from: { pathNot: `^(api/server|workers/(control\\.worker|sweep-lanes))\\.ts$|^(tests|bench|tools)/|${tests}` },
      to: { path: '^ledger/rooms\\.ts$' },
    },
    {
      name: 'outside-systems-through-connectors',
      comment: 'Clients of outside systems, and the guard of what goes out, live in connectors alone.',
      severity: 'error',
      from: { pathNot: `^connectors/|${tests}|^tests/|^bench/` },
      to: { path: 'node_modules/(standardwebhooks|request-filtering-agent)/' },
    },
    {
      name: 'contract-runs-in-a-browser',
      severity: 'error',
      from: { path: contracts, pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'contract-knows-no-handlers',
      severity: 'error',
      from: { path: contracts, pathNot: tests },
      to: { path: '^(api|db|ledger|platform)/', pathNot: contracts },
    },
    {
      name: 'the-web-takes-only-types-of-the-contract',
      severity: 'error',
      from: { path: '^web/', pathNot: tests },
      to: { path: contracts, dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'a-feature-of-the-web-stands-alone',
      comment: 'What several features use belongs to its noun (web/src/nouns) or to lib.',
      severity: 'error',
      from: { path: '^web/src/features/([^/]+)/' },
      to: { path: '^web/src/(features|shell)/', pathNot: '^web/src/features/$1/' },
    },
    {
      name: 'nouns-of-the-web-know-no-features',
      severity: 'error',
      from: { path: '^web/src/nouns/' },
      to: { path: '^web/src/(features|shell|routes)/' },
    },
    {
      name: 'lib-of-the-web-knows-no-noun',
      comment: 'What nouns contribute comes through the one list of them.',
      severity: 'error',
      from: { path: '^web/src/lib/' },
      to: { path: '^web/src/(nouns|features|shell|routes)/' },
    },
    {
      name: 'the-frame-of-the-web-knows-no-feature',
      severity: 'error',
      from: { path: '^web/src/(shell/|rooms\\.ts$)' },
      to: { path: '^web/src/(features|routes)/' },
    },
    {
      name: 'workflows-have-no-node',
      severity: 'error',
      from: { path: '^workflows/', pathNot: tests },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'nobody-imports-tests',
      severity: 'error',
      from: { pathNot: `^(tests|bench)/|^tools/record-histories\\.ts$|${tests}` },
      to: { path: '^(tests|bench)/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|\\.signalbox|web/\\.svelte-kit|web/node_modules)/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default'],
      extensions: ['.ts', '.js', '.mjs', '.cjs', '.json', '.svelte'],
    },
  },
};
