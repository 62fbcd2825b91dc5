import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleFunctions } from '../../src/cli/bundle-functions.ts';
import { evaluationJob } from '../budget/bench-jobs.ts';
import type { WorkedJob } from '../budget/job-process.ts';
import { runCapped } from '../budget/run-capped.ts';
import type { BenchReport } from '../harness/bench-result.ts';
import { describeMachine } from '../harness/machine.ts';
import { evidenceResults } from './evidence-results.ts';
import { readEvidence } from './read-evidence.ts';

/** What a rollout's evidence costs with many symbols: the rpc that gives it, and the function that judges it, in a process of its own. */
export async function evidenceBench({ rounds }: { readonly rounds: number }): Promise<BenchReport> {
  const machine = describeMachine();
  const read = await readEvidence(rounds);
  const directory = mkdtempSync(join(tmpdir(), 'plumbline-evidence-'));
  try {
    const file = join(directory, 'job.json');
    writeFileSync(file, JSON.stringify(evaluationJob(read.evidence)));
    const judge = (await bundleFunctions(directory)).find(({ name }) => name === 'rollout')!;
    const judged = Array.from({ length: rounds }, () =>
      runCapped<WorkedJob>('job-process.ts', judge.path, file),
    );
    const { symbols, compared, expected } = read.evidence;
    return {
      bench: 'evidence',
      machine: {
        ...machine,
        symbols: symbols.length,
        sessions: expected.sessions.length,
        'pairs compared': compared.origins.reduce((sum, { pairs }) => sum + pairs, 0),
        'pairs that wait': compared.waiting,
        rounds,
      },
      peers: [],
      results: evidenceResults(read, judged),
    };
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
