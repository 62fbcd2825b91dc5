// A vitest globalSetup for all projects: a directory that this run's processes share, `inject('runDirectory')`.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { openDataDirectory, removeDataDirectory } from '../../src/local/data-directory.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    runDirectory: string;
  }
}

export default function setup(project: TestProject): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-run-'));
  // As root, Postgres runs as another user.
  chmodSync(directory, 0o755);
  project.provide('runDirectory', directory);
  return () => {
    removeDataDirectory(openDataDirectory(join(directory, 'data')));
    rmSync(directory, { recursive: true });
  };
}
