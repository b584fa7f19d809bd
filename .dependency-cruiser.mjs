/**
 * The folders of lib/ in the order of their imports: each may import those before it and none after it. CONTRIBUTING.md shows the same
 * order in a table, and a test compares the two.
 */
export const LAYERS = [
  'values',
  'types',
  'rejections',
  'options',
  'plugins',
  'propelauth/backend',
  'rules',
  'transports',
  'propelauth/api',
  'propelauth/webhooks',
  'decision',
  'organizations',
  'propelauth/credential-look-ups',
  'live-access',
  'callers',
  'guard',
  'decorators',
  'service',
  'startup',
  'module',
  'telemetry',
  'mcp',
  'cls',
  'redis',
  'swagger',
  'testing',
];

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-file-cycles',
      comment: 'Files that import each other have one subject, or one of them too many.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    ...LAYERS.map((layer, index) => ({
      name: `${layer}-imports-only-what-is-before-it`,
      comment: 'The order of the folders is in .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: `^lib/${layer}(/|\\.ts$)` },
      to: { path: `^lib/(${['index', ...LAYERS.slice(index + 1)].join('|')})(/|\\.ts$)` },
    })),
    {
      name: 'the-core-knows-no-single-transport',
      comment: 'What differs between transports is behind the Call: see docs/architecture.md.',
      severity: 'error',
      from: { path: '^lib/(guard|decision|callers|rules|organizations)/' },
      to: { path: '^lib/transports/[^/]+/' },
    },
    {
      name: 'every-folder-has-its-place',
      comment: 'A new folder of lib/ needs its place in LAYERS.',
      severity: 'error',
      from: { path: '^lib/', pathNot: `^lib/(${['index', ...LAYERS].join('|')})(/|\\.ts$)` },
      to: {},
    },
  ],
  options: {
    exclude: { path: '\\.spec\\.ts$' },
    doNotFollow: { path: 'node_modules' },
    // Types tell of a direction, too.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
  },
};
