import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptResults } from '../../../src/cli/canary/deploy/kept-results.ts';
import {
  emptyDataDirectory,
  openDataDirectory,
  removeDataDirectory,
} from '../../../src/local/data-directory.ts';

let data: string;
beforeEach(() => {
  data = join(mkdtempSync(join(tmpdir(), 'plumbline-kept-')), 'data');
});
afterEach(() => {
  // Of root's directories a part may be elsewhere.
  if (existsSync(data)) removeDataDirectory(openDataDirectory(data));
  rmSync(join(data, '..'), { recursive: true });
});

const TESTS = { passed: 3, failed: 0, ran_at: '2026-01-02T03:04:05Z' };
const HEALTH = { captured_at: '2026-01-02T03:04:05Z', timings: { 'run-health': { p95_ms: 1.5, n: 20 } } };

describe('what a deploy keeps', () => {
  it('is there for the next attempt, by commit, target and ensembles', () => {
    const kept = new KeptResults(data);
    expect([kept.tests('abc'), kept.health('here', 'a b')]).toEqual([null, null]);
    kept.keepTests('abc', TESTS);
    kept.keepHealth('here', 'a b', HEALTH);
    const next = new KeptResults(data);
    expect([next.tests('abc'), next.tests('abd')]).toEqual([TESTS, null]);
    expect([next.health('here', 'a b'), next.health('there', 'a b'), next.health('here', 'a c')]).toEqual([
      HEALTH,
      null,
      null,
    ]);
    next.forgetHealth('here', 'a b');
    expect(kept.health('here', 'a b')).toBeNull();
  });

  it('knows functions as deployed with this commit and these variables only', () => {
    const kept = new KeptResults(data);
    kept.keepDeployed('here', 'abc', { A: '1' }, 'now');
    expect(kept.hasDeployed('here', 'abc', { A: '1' })).toBe(true);
    expect(kept.hasDeployed('here', 'abd', { A: '1' })).toBe(false);
    expect(kept.hasDeployed('here', 'abc', { A: '2' })).toBe(false);
    expect(kept.hasDeployed('there', 'abc', { A: '1' })).toBe(false);
  });

  it('is made again when a file is broken', () => {
    const kept = new KeptResults(data);
    kept.keepTests('abc', TESTS);
    writeFileSync(join(data, 'canary', 'tests-abc.json'), '{"passed": ');
    expect(kept.tests('abc')).toBeNull();
  });

  it('leaves a directory that a stack takes, and goes with its data', () => {
    new KeptResults(data).keepTests('abc', TESTS);
    const directory = openDataDirectory(data);
    emptyDataDirectory(directory);
    expect(readdirSync(data)).toContain('plumbline-data');
    expect(readdirSync(data)).not.toContain('canary');
  });
});
