import { type DeployContext, hashesOf } from '../deploy-context.ts';
import { type DeployStep, stepState } from '../deploy-step.ts';
import type { CapturedHealth } from '../kept-results.ts';
import { runsThisPlan } from '../latest-rollout.ts';

/** How often each query is measured. */
const ROUNDS = 20;
/** Calls for that: each measures for some seconds at most, and answers with the timings of those before it. */
const MOST_CALLS = 8;

const KNOWN_SQL = `select to_regprocedure('public.measure_queries(integer)') is not null as known`;

/** Takes the durations of the monitoring queries before anything is changed: later ones are judged against them. */
export function health(context: DeployContext): DeployStep {
  const { plan, target, kept } = context;
  return {
    name: 'health',
    does: 'measures the monitoring queries before anything is changed, for the criterion on database health',
    needsRollout: false,
    sql: [KNOWN_SQL, `select public.measure_queries(${ROUNDS})`],
    async check() {
      const captured = kept.health(target.name, hashesOf(plan));
      if (captured !== null) return stepState({ notes: [`taken at ${captured.captured_at}`] });
      if (!(await isKnown(context)))
        return stepState({
          notes: [
            'this database has no measure_queries yet: it is taken after the migrations, before the configuration',
          ],
        });
      if (await runsThisPlan(context)) return stepState({ notes: ['taken when the rollout began'] });
      return stepState({ pending: [`each monitoring query is measured ${ROUNDS} times`] });
    },
    async run() {
      await captureHealth(context);
    },
  };
}

/** Measures, and keeps it until the rollout has it: an attempt that is broken off must not measure anew afterwards. */
export async function captureHealth(context: DeployContext): Promise<CapturedHealth> {
  const { plan, target, kept, now } = context;
  let timings: CapturedHealth['timings'] = {};
  for (let call = 1; call <= MOST_CALLS; call++) {
    timings = (await target.rollouts.measureQueries(ROUNDS)) as CapturedHealth['timings'];
    if (Object.values(timings).every(({ n }) => n >= ROUNDS)) break;
  }
  const captured = { captured_at: now(), timings };
  kept.keepHealth(target.name, hashesOf(plan), captured);
  return captured;
}

async function isKnown({ target }: DeployContext): Promise<boolean> {
  const [row] = await target.query(KNOWN_SQL);
  return row.known === true;
}
