import { type DeployContext, type DeployPlan, hashesOf } from '../deploy-context.ts';
import { type DeployStep, stepState } from '../deploy-step.ts';
import { isOfPlan, LATEST_ROLLOUT_SQL, latestRollout } from '../latest-rollout.ts';
import { checkData } from '../preflight/data-check.ts';
import { testsOf } from '../preflight/tests-check.ts';
import { sqlJson, sqlText, sqlTexts } from '../sql-text.ts';
import { captureHealth } from './health.ts';

/** Starts the rollout: one transaction writes both ensembles, the canary's symbols and the event. */
export function configuration(context: DeployContext): DeployStep {
  const { plan, target, kept, tell } = context;
  return {
    name: 'configuration',
    does: `starts the rollout of the candidate (${plan.candidate.members}) beside the baseline (${plan.baseline.members}) on ${plan.symbols.join(', ')}`,
    needsRollout: false,
    sql: [LATEST_ROLLOUT_SQL, startSql(plan)],
    async check() {
      const latest = await latestRollout(context);
      if (latest === null || latest.status !== 'running') {
        return stepState({ pending: ['the rollout is started'] });
      }
      if (isOfPlan(latest, plan))
        return stepState({ notes: [`Rollout ${latest.id} runs, stage ${latest.stage}`] });
      return stepState({
        missing: [
          {
            what: `Rollout ${latest.id} of another candidate or baseline runs (${latest.candidate_hash}, ${latest.baseline_hash}; the environment asks for ${plan.candidate.hash}, ${plan.baseline.hash})`,
            remedy: 'roll it back first, or set the environment as it was',
          },
        ],
      });
    },
    async run() {
      const { missing } = await checkData(context);
      if (missing.length > 0) tell(`Note: ${missing.map(({ what }) => what).join('; ')}`);
      const health = kept.health(target.name, hashesOf(plan)) ?? (await captureHealth(context));
      const tests = testsOf(context);
      const started = await target.rollouts.start({
        actor: plan.actor,
        candidate: plan.candidate,
        baseline: plan.baseline,
        symbols: plan.symbols,
        codeVersion: plan.codeVersion,
        commit: plan.source.commit,
        tests: tests === null ? null : { passed: tests.passed, failed: tests.failed },
        health: health.timings,
      });
      kept.forgetHealth(target.name, hashesOf(plan));
      tell(`Rollout ${(started as { rollout_id?: number }).rollout_id} runs`);
    },
  };
}

function startSql({ actor, candidate, baseline, symbols, codeVersion, source }: DeployPlan): string {
  return `-- p_tests are preflight's, null when they were not run; p_health is what the step health took.
select public.start_rollout(
  p_actor => ${sqlText(actor)},
  p_candidate => ${sqlJson(candidate.configuration)},
  p_candidate_hash => ${sqlText(candidate.hash)},
  p_baseline => ${sqlJson(baseline.configuration)},
  p_baseline_hash => ${sqlText(baseline.hash)},
  p_symbols => ${sqlTexts(symbols)},
  p_code_version => ${sqlText(codeVersion)},
  p_commit_hash => ${source.commit === null ? 'null' : sqlText(source.commit)},
  p_tests => '{"passed": ..., "failed": ...}',
  p_health => '{...}')`;
}
