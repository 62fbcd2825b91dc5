import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** How long a test may take, on a machine that is busy with something else. */
const PATIENCE = 240_000;

/** Starts a stack by the command, so it needs none. */
const START_COMMAND = 'test/end-to-end/start-command.test.ts';

/** Every project's test file is independent of all others: files run side by side, those that take longest first. */
const projects = [
  {
    // A whole rollout on replayed prices, by the command, on a stack of its own.
    name: 'rehearsal',
    include: ['test/rehearsal/**/*.test.ts'],
    testTimeout: 1_800_000,
    hookTimeout: 1_800_000,
  },
  {
    // Each file on a stack of its own, which its setup file starts. Files share their modules: loading them anew took a second a file.
    name: 'end-to-end',
    include: [
      'test/end-to-end/**/*.test.ts',
      'test/cli/canary/on-a-stack/**/*.test.ts',
      'test/scenarios/database-*.test.ts',
    ],
    exclude: [START_COMMAND],
    setupFiles: ['test/support/start-own-stack.ts'],
    isolate: false,
  },
  {
    // The embedded Supabase itself and what starts it; the tests start stacks of their own.
    name: 'local',
    include: [START_COMMAND, 'test/local/**/*.test.ts'],
  },
  {
    // SQL alone: each file on a Postgres of its own, which its setup file starts.
    name: 'database',
    include: ['test/database/**/*.test.ts'],
    setupFiles: ['test/database/support/start-own-database.ts'],
    isolate: false,
  },
  {
    // Pure: nothing that a file leaves behind changes another, so they share their modules.
    name: 'core',
    include: ['test/{shared,cli,bars,functions,scripts,bench,tools,scenarios,docs}/**/*.test.ts'],
    exclude: ['test/cli/canary/on-a-stack/**', 'test/scenarios/database-*.test.ts'],
    isolate: false,
  },
  {
    // Kills, restarts and thousands of broken requests, each file on a stack of its own: minutes, so not part of `npm test`.
    name: 'faults',
    include: ['test/faults/**/*.test.ts'],
    fileParallelism: false,
    testTimeout: 600_000,
  },
];

class LongestProjectFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = (file: TestSpecification) => projects.findIndex(({ name }) => name === file.project.name);
    return (await super.sort(files)).toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['test/support/run-directory.ts'],
    // One more than cores: tests on a stack wait for its processes as often as they compute.
    maxWorkers: availableParallelism() + 1,
    sequence: { sequencer: LongestProjectFirst },
    projects: projects.map((project) => ({
      test: { testTimeout: PATIENCE, hookTimeout: PATIENCE, ...project },
    })),
  },
});
