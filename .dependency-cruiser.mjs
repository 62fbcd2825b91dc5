// The order of the folders. A folder imports from the lines above its own; never from its own line, never from below. Imports of
// types count too. `npm run check` holds every import against it.

/** The core, `src/shared`. */
const CORE = [
  ['errors', 'wording', 'json.ts', 'canonical-json.ts', 'version.ts'],
  ['numerics'],
  ['calendars'],
  ['scores', 'statistical-tests', 'series', 'checksum.ts'],
  ['models', 'calibration'],
  ['ensemble'],
  ['evaluation'],
  ['divergence'],
  ['synthesis'],
  // Parses input: into types of the folders above, which take nothing from here, and into its own, which those below take.
  ['contracts'],
  ['rollout', 'report'],
  ['jobs'],
  ['market-data', 'store'],
];

/** The repository. */
const REPOSITORY = [
  ['src/shared'],
  ['src/local', 'supabase'],
  ['src/cli'],
  ['tools', 'scripts'],
  ['bench'],
  ['test'],
];

const pathOf = (name) => `^${name}${name.endsWith('.ts') ? '$' : '/'}`;

/** One rule a folder. */
function oneWay(order) {
  return order.flatMap((line, place) =>
    line.map((name) => {
      const others = [...line.filter((other) => other !== name), ...order.slice(place + 1).flat()];
      return {
        name: `${name}-imports-from-lines-above`,
        severity: 'error',
        from: { path: pathOf(name) },
        to: { path: others.length > 0 ? others.map(pathOf) : '^$' },
      };
    }),
  );
}

const core = CORE.map((line) => line.map((name) => `src/shared/${name}`));

export default {
  forbidden: [
    ...oneWay(core),
    ...oneWay(REPOSITORY),
    {
      // A new folder of the core takes a line in the list.
      name: 'core-folder-without-a-line',
      severity: 'error',
      from: {},
      to: { path: '^src/shared/', pathNot: core.flat().map(pathOf) },
    },
    {
      // The core runs in Deno and in a browser too.
      name: 'core-imports-nothing-of-node',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'only-contracts-parses',
      severity: 'error',
      from: { path: '^src/shared/', pathNot: '^src/shared/contracts/' },
      to: { path: 'node_modules/zod/', dependencyTypesNot: ['type-only'] },
    },
    { name: 'no-circle-of-files', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'no-circle-of-folders',
      severity: 'error',
      scope: 'folder',
      from: { pathNot: '^(test|src/shared)/' },
      to: { circular: true },
    },
    {
      // Circles that leave a folder of the core are told by its line.
      name: 'no-circle-within-a-folder-of-the-core',
      severity: 'error',
      scope: 'folder',
      from: { path: '^src/shared/([^/]+)/' },
      to: { circular: true, path: '^src/shared/$1/' },
    },
    {
      name: 'import-not-found',
      severity: 'error',
      from: { path: '^(src|supabase)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    // AssemblyScript has a compiler of its own.
    exclude: { path: ['^src/assembly/', '^bench/lstm/assembly/'] },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'types', 'node', 'default'],
    },
  },
};
