import type { DeployContext } from '../deploy-context.ts';
import { type StepState, stepState } from '../deploy-step.ts';
import type { TestResult } from '../kept-results.ts';

const UNTESTED = 'the criterion on tests will stay insufficient';

/** The result of the commit's tests that is to be recorded; null: they are not counted as run. */
export function testsOf({ plan, kept }: DeployContext): TestResult | null {
  const { source, skipTests } = plan;
  return skipTests || source.commit === null || !source.clean ? null : kept.tests(source.commit);
}

/**
 * Whether the tests of the deployed commit have passed.
 *
 * @param ran in this very command: a failure is then final, while one of before is tried again
 */
export function checkTests(context: DeployContext, ran: boolean): StepState {
  const { source, skipTests } = context.plan;
  const { commit, clean } = source;
  if (skipTests) return stepState({ notes: [`tests were skipped: ${UNTESTED}`] });
  if (commit === null)
    return stepState({ notes: [`this is no git checkout, so no commit was tested: ${UNTESTED}`] });
  const short = commit.slice(0, 12);
  if (!clean)
    return stepState({
      notes: [`the working tree differs from commit ${short}, so its tests say nothing of it: ${UNTESTED}`],
    });
  const result = context.kept.tests(commit);
  if (result !== null && result.failed === 0)
    return stepState({ notes: [`${result.passed} tests of commit ${short} passed (${result.ran_at})`] });
  if (result !== null && ran)
    return stepState({
      missing: [
        {
          what: `${result.failed} tests of commit ${short} failed`,
          remedy: 'mend them, or deploy another commit',
        },
      ],
    });
  return stepState({
    pending: [`npm test runs on commit ${short}, which takes minutes; its result is kept for the next time`],
  });
}
