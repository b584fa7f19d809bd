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
  'rules/org/sources',
  'propelauth/credential-look-ups',
  'propelauth/users',
  'callers',
  'guard',
  '*.decorator.ts',
  'service',
  'startup',
  'module',
  'live-access',
  'telemetry',
  'mcp',
  'cls',
  'redis',
  'swagger',
  'testing',
];

/** The files that say what plugins add to the core. */
const HOOKS = '^lib/plugins/(hooks|current-access)\\.ts$';

/** The folders with decorators among their files. */
const WITH_DECORATORS = ['rules', 'callers', 'propelauth'];

/** Plugins are written against two files of the core. */
const PLUGINS = ['live-access', 'telemetry', 'mcp'];

/** Decorators put the guard in place, so they come after it, although each is in the folder of its rule or kind of callers. */
const DECORATORS = '*.decorator.ts';

/** The files of a layer, for those of another. */
function pathOf(layer) {
  if (layer === DECORATORS) return `^lib/(${WITH_DECORATORS.join('|')})/.*\\.decorator\\.ts$`;
  return `^lib/${layer}(/|\\.ts$)`;
}

/** The layers within the folder of another. */
function within(layer) {
  const inner = LAYERS.filter((one) => one.startsWith(`${layer}/`));
  return WITH_DECORATORS.includes(layer.split('/')[0]) ? [...inner, DECORATORS] : inner;
}

/** What a layer may not import. */
function after(layer) {
  const forPlugins = PLUGINS.includes(layer) ? [] : ['index', 'extend'];
  return [...forPlugins, ...LAYERS.slice(LAYERS.indexOf(layer) + 1)].map(pathOf);
}

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-file-cycles',
      comment: 'Files that import each other have one subject, or one of them too many.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { pathNot: HOOKS } },
    },
    ...LAYERS.map((layer) => ({
      name: `${layer}-imports-only-what-is-before-it`,
      comment: 'The order of the folders is in .dependency-cruiser.mjs.',
      severity: 'error',
      from: { path: pathOf(layer), pathNot: [HOOKS, ...within(layer).map(pathOf)] },
      to: { path: after(layer) },
    })),
    {
      name: 'hooks-import-only-types-from-what-is-after-them',
      comment: 'Plugins get what the folders of the core make, so the types of hooks name it.',
      severity: 'error',
      from: { path: HOOKS },
      to: { path: after('plugins'), dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'plugins-import-only-index-and-extend',
      comment:
        'What a plugin needs of the core is in lib/index.ts or lib/extend.ts. Plugins import nothing of each other.',
      severity: 'error',
      from: { path: `^lib/(${PLUGINS.join('|')})/` },
      to: { path: '^lib/', pathNot: ['^lib/(index|extend)\\.ts$', '^lib/$1/'] },
    },
    {
      name: 'the-core-knows-no-single-transport',
      comment:
        'What differs between transports is behind the Call: see docs/contributing/architecture.md.',
      severity: 'error',
      from: { path: '^lib/(guard|decision|callers|rules)/' },
      to: { path: '^lib/transports/[^/]+/' },
    },
    {
      name: 'every-folder-has-its-place',
      comment: 'A new folder of lib/ needs its place in LAYERS.',
      severity: 'error',
      from: {
        path: '^lib/',
        pathNot: ['index', 'extend', ...LAYERS].map(pathOf),
      },
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
