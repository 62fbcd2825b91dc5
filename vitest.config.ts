import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'core',
          include: ['test/{shared,cli,functions,scripts,bench,tools}/**/*.test.ts', 'test/*.test.ts'],
          exclude: ['test/database-*.test.ts', 'test/cli/canary/on-a-stack/**'],
          testTimeout: 20_000,
        },
      },
      {
        // The embedded Supabase itself; its tests start stacks of their own.
        test: {
          name: 'local',
          include: ['test/local/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // SQL alone: one throwaway Postgres, in which every test rolls back.
        test: {
          name: 'database',
          include: ['test/database/**/*.test.ts'],
          globalSetup: ['test/support/database.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        // One stack for all, one file after the other: they share its database.
        test: {
          name: 'end-to-end',
          include: ['test/end-to-end/**/*.test.ts', 'test/database-*.test.ts'],
          globalSetup: ['test/support/stack.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // A stack of its own: a rollout decides what every symbol is served by.
        test: {
          name: 'canary',
          include: ['test/cli/canary/on-a-stack/**/*.test.ts'],
          globalSetup: ['test/support/stack.ts'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 120_000,
        },
      },
      {
        // A whole rollout on replayed prices, by the command, on a stack of its own.
        test: {
          name: 'rehearsal',
          include: ['test/rehearsal/**/*.test.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
        },
      },
      {
        // Kills, restarts and thousands of broken requests, each file on a stack of its own: minutes, so not part of `npm test`.
        test: {
          name: 'faults',
          include: ['test/faults/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 600_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});
