import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { parse } from '../../../shared/contracts/parse.ts';
import { PROJECT_DIRECTORY } from '../../data-directory.ts';
import { DeployError } from '../deploy-error.ts';
import type { TestResult } from './kept-results.ts';

/** What vitest's JSON reporter writes. A file that does not load has no test that fails. */
const reportSchema = z.object({
  numPassedTests: z.int(),
  numFailedTests: z.int(),
  testResults: z.array(
    z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) }),
  ),
});

/**
 * Runs `npm test`; what it prints goes to standard error.
 *
 * @param files only these; default: all
 * @throws DeployError `tests_broken` when it came to no result
 */
export async function runTests(now: () => string, files: readonly string[] = []): Promise<TestResult> {
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-tests-'));
  try {
    const path = join(directory, 'report.json');
    const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${path}`];
    const status = await new Promise<number | null>((resolve, reject) => {
      const child = spawn('npm', ['test', '--', ...reporters, ...files], {
        cwd: PROJECT_DIRECTORY,
        stdio: ['ignore', 2, 2],
      });
      child.on('error', reject);
      child.on('close', resolve);
    });
    if (!existsSync(path))
      throw new DeployError(
        'tests_broken',
        `The tests came to no result: npm test ended with status ${status}, see above`,
      );
    const report = parse(reportSchema, JSON.parse(readFileSync(path, 'utf8')), "vitest's report");
    const broken = report.testResults.filter(
      (file) => file.status === 'failed' && file.assertionResults.every((test) => test.status !== 'failed'),
    ).length;
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken, ran_at: now() };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
