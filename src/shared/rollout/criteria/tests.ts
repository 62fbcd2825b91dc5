import type { CriterionResult, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { figure } from '../wording.ts';

/** All tests of the deployed commit passed. `n` is tests that ran. */
export function judgeTests({ rollout }: RolloutEvidence): CriterionResult {
  const { tests, commit_hash } = rollout;
  const of =
    commit_hash === null ? 'the deployed code (no commit known)' : `commit ${commit_hash.slice(0, 12)}`;
  let verdict: Verdict = 'insufficient';
  let sentence = `The tests of ${of} were not run before deploying.`;
  if (tests !== null && Number.isFinite(tests.passed) && Number.isFinite(tests.failed)) {
    verdict = tests.failed === 0 && tests.passed > 0 ? 'pass' : 'fail';
    sentence =
      tests.passed + tests.failed === 0
        ? `Not one test of ${of} ran.`
        : `${tests.passed} of ${tests.passed + tests.failed} tests of ${of} passed.`;
  }
  return {
    criterion: 'tests',
    verdict,
    n: verdict === 'insufficient' ? 0 : tests!.passed + tests!.failed,
    figures: { commit_hash, passed: figure(tests?.passed), failed: figure(tests?.failed) },
    sentence,
    bars_needed: null,
  };
}
