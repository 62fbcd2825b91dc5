import { describe, expect, it } from 'vitest';
import type { DeployContext } from '../../../src/cli/canary/deploy/deploy-context.ts';
import type { TestResult } from '../../../src/cli/canary/deploy/kept-results.ts';
import { checkTests, testsOf } from '../../../src/cli/canary/deploy/preflight/tests-check.ts';
import { runTests } from '../../../src/cli/canary/deploy/run-tests.ts';

const COMMIT = 'c0ffee00c0ffee00c0ffee00c0ffee00c0ffee00';
const NOW = '2026-01-02T03:04:05Z';

function context(
  kept: TestResult | null,
  plan: { commit?: string | null; clean?: boolean; skipTests?: boolean } = {},
) {
  const { commit = COMMIT, clean = true, skipTests = false } = plan;
  return {
    plan: { source: { commit, clean }, skipTests },
    kept: { tests: () => kept },
  } as unknown as DeployContext;
}

const PASSED = { passed: 9, failed: 0, ran_at: NOW };
const FAILED = { passed: 8, failed: 1, ran_at: NOW };

describe('the tests of a commit', () => {
  it('are run once, and their result is taken from then on', () => {
    expect(checkTests(context(null), false).pending).toHaveLength(1);
    expect(checkTests(context(PASSED), false)).toMatchObject({ missing: [], pending: [] });
    expect(testsOf(context(PASSED))).toEqual(PASSED);
  });

  it('that failed stop a deploy, and are run again by the next one', () => {
    expect(checkTests(context(FAILED), true).missing).toHaveLength(1);
    expect(checkTests(context(FAILED), false)).toMatchObject({ missing: [], pending: [expect.any(String)] });
  });

  it.each([
    [{ skipTests: true }, 'skipped'],
    [{ commit: null }, 'no git checkout'],
    [{ clean: false }, 'the working tree differs'],
  ])('are not counted as run: %j', (plan, note) => {
    const given = context(PASSED, plan);
    expect(checkTests(given, false)).toMatchObject({ pending: [], notes: [expect.stringContaining(note)] });
    expect(testsOf(given)).toBeNull();
  });
});

describe('runTests', () => {
  it('counts what npm test reports', async () => {
    const result = await runTests(() => NOW, ['test/cli/fixed.test.ts', '--project=core']);
    expect(result).toEqual({ passed: expect.any(Number), failed: 0, ran_at: NOW });
    expect(result.passed).toBeGreaterThan(0);
  });
});
