/**
 * Who may import whom: each room with the rooms below it, as docs/tour.md draws them. `import type` counts.
 * A new arrow is a decision: draw it there first, and never upward.
 */
const under = (rooms) => `^src/(${rooms.join('|')})(/|\\.ts$)`;
const ground = ['xdm', 'pql', 'templates', 'errors', 'lib'];

const rooms = {
  main: [
    ...['cli', 'config', 'config-variables', 'server', 'credentials', 'state', 'telemetry'],
    ...['platform/index', 'version', 'errors', 'lib'],
  ],
  cli: ['config', 'config-variables', 'client', 'version', 'platform/index', 'wire', 'errors', 'lib'],
  client: [],
  config: ['config-variables', 'errors', 'lib'],
  'config-variables': ['errors', 'lib'],
  server: [
    ...[
      'resolvers',
      'runs',
      'destinations',
      'subscriptions',
      'credentials',
      'datasources',
      'state',
      'schema',
    ],
    ...['telemetry', ...ground],
  ],
  resolvers: [
    ...['schema', 'mapping', 'runs', 'destinations', 'subscriptions', 'datasources', 'state', 'wire'],
    ...['telemetry', ...ground],
  ],
  runs: ['subscriptions', 'datasources', 'state', 'wire', 'telemetry', 'errors', 'lib'],
  destinations: ['state', 'templates', 'telemetry', 'errors', 'lib'],
  subscriptions: ['datasources', 'state', 'wire', 'telemetry', 'errors', 'lib'],
  mapping: ['schema', 'wire', ...ground],
  schema: ['lib'],
  credentials: ['datasources', 'wire', 'telemetry', 'errors', 'lib'],
  datasources: ['wire', 'telemetry', 'errors', 'lib'],
  state: ['errors', 'lib'],
  telemetry: ['errors', 'lib'],
  wire: ['errors', 'lib'],
  xdm: ['errors', 'lib'],
  pql: ['xdm', 'errors', 'lib'],
  templates: ['errors', 'lib'],
  errors: ['lib'],
  lib: [],
  'platform/index': ['platform', ...ground],
  'platform/http': [
    'platform/previews',
    'platform/jobs',
    'platform/exports',
    'platform/store',
    'platform/records',
    'wire',
    ...ground,
  ],
  'platform/previews': ['platform/jobs', 'platform/store', 'platform/records', ...ground],
  'platform/jobs': ['platform/exports', 'platform/store', 'platform/records', ...ground],
  'platform/exports': ['platform/store', 'platform/records', ...ground],
  'platform/demo': ['platform/store', 'platform/records', ...ground],
  'platform/store': ['platform/records', ...ground],
  'platform/records': [],
};

const onlyDown = Object.entries(rooms).map(([room, below]) => ({
  name: `${room} imports only what lies below it`,
  severity: 'error',
  from: { path: under([room]) },
  to: { path: '^src/', pathNot: under([room, ...below]) },
}));

module.exports = {
  forbidden: [
    { name: 'no import circles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'every import resolves',
      severity: 'error',
      from: { path: '^src' },
      to: { couldNotResolve: true },
    },
    ...onlyDown,
    {
      name: 'only the stores open the engines',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(platform/store|state)/' },
      to: { path: 'node_modules/(@duckdb|libsql|kysely|pg)/' },
    },
    {
      name: 'the platform knows no GraphQL',
      severity: 'error',
      from: { path: '^src/platform/' },
      to: { path: 'node_modules/(graphql|type-graphql|@apollo|graphql-ws)/' },
    },
    {
      name: 'schema types stand on the GraphQL libraries alone',
      severity: 'error',
      from: { path: '^src/schema/' },
      to: { path: 'node_modules/', pathNot: 'node_modules/(graphql|graphql-scalars|type-graphql)/' },
    },
    {
      name: 'pql, xdm and templates do no I/O',
      severity: 'error',
      from: { path: '^src/(pql|xdm|templates|mapping|lib)/' },
      to: { dependencyTypes: ['core'], pathNot: '^(node:)?(crypto|zlib)$' },
    },
    {
      name: 'no test code in the product',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench)/' },
    },
    {
      name: 'dependencies are declared',
      severity: 'error',
      from: { path: '^src/' },
      to: { dependencyTypes: ['npm-dev', 'npm-no-pkg', 'unknown'] },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|test/generated)' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['require', 'node', 'types'],
    },
  },
};
