import svelte from 'eslint-plugin-svelte';
import temporal from 'eslint-plugin-temporal';
import tseslint from 'typescript-eslint';

const plainSyntax = [
  { selector: 'ExportAllDeclaration', message: 'Name what you export.' },
  {
    selector: 'ObjectExpression > SpreadElement > ObjectExpression',
    message: 'Write the properties themselves: a spread literal is not checked for excess ones.',
  },
  {
    selector: 'TSEnumDeclaration',
    message: 'Node runs these files by stripping types: use a const object or a union.',
  },
];

export default tseslint.config(
  { ignores: ['node_modules/', 'dist/', 'proto/gen/', '.signalbox/', 'coverage/', 'web/.svelte-kit/'] },
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unnecessary-condition': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
      'no-restricted-imports': 'off',
      'no-restricted-syntax': ['error', ...plainSyntax],
    },
  },
  {
    files: ['**/*.ts'],
    ignores: ['ledger/kernel/transact.ts', 'db/snapshot.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...plainSyntax,
        {
          selector: 'CallExpression[callee.property.name="transaction"]',
          message: 'transact() opens transactions, for it writes the audit last; readSnapshot() reads.',
        },
        {
          selector: "CallExpression[callee.name='$state'][arguments.length=0] TSTypeReference[typeName.name=/^HTML/]",
          message: 'An element that has gone is null: `$state<HTMLElement | null>(null)`.',
        },
      ],
    },
  },
  // The environment is read once, in platform/config.ts; mains, tools, the command line and tests hand it over.
  {
    files: ['{domain,words,workflows,activities,gateway,workers,api,connectors,db,ledger,agent,platform}/**/*.ts'],
    ignores: ['platform/config.ts', 'agent/main.ts', '**/*.test.ts'],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Settings come from platform/config.ts.' },
      ],
    },
  },
  {
    ...temporal.configs.workflow,
    files: ['workflows/**/*.ts'],
    ignores: ['**/*.test.ts'],
    rules: {
      ...temporal.configs.workflow.rules,
      // Takes setHandler for a promise; the typed rule of typescript-eslint holds here too, and knows better.
      'temporal/workflow-no-floating-promises': 'off',
      // Takes every exported function for a workflow.
      'temporal/workflow-prefer-single-object-args': 'off',
      // Our loop waits without a limit on purpose; replay is proven by the recorded histories, not by comments.
      'temporal/workflow-condition-timeout-style': 'off',
      'temporal/workflow-replay-testing-required-comment': 'off',
      'temporal/workflow-no-nondeterministic-control-flow': 'off',
    },
  },
  {
    ...temporal.configs.activity,
    files: ['activities/**/*.ts', 'gateway/**/*.activities.ts'],
    ignores: ['**/*.test.ts'],
  },
  { ...temporal.configs.worker, files: ['workers/**/*.worker.ts'], ignores: ['**/*.test.ts'] },
  // Components: the rules that need types run on the .ts files beside them; svelte-check has the types of both.
  {
    files: ['web/**/*.svelte'],
    extends: [tseslint.configs.recommended, svelte.configs.recommended],
    languageOptions: { parserOptions: { parser: tseslint.parser, extraFileExtensions: ['.svelte'] } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      // It does not know that a binding of $props() is assigned from outside; svelte's own rule does.
      'prefer-const': 'off',
      'svelte/prefer-const': ['error', { destructuring: 'all' }],
      // What a log wrote is drawn by the one renderer whose escaping is tested.
      'svelte/no-at-html-tags': 'error',
      // All addresses come from lib/route-for.ts.
      'svelte/no-navigation-without-resolve': 'off',
    },
  },
  { files: ['**/*.{js,cjs,mjs}'], extends: [tseslint.configs.disableTypeChecked] },
);
