import type { DeployContext } from '../deploy-context.ts';
import { type DeployStep, type Missing, stepState } from '../deploy-step.ts';

/** The schedule's jobs that cron lacks, or that somebody paused there. */
const LACKING_SQL = `select w.name, j.active is not null as there
from (
  select 'plumbline-' || replace(t.job, '_', '-') as name from public.schedule_ticks t
  union all
  select 'plumbline-' || replace(s.slot, '_', '-') from public.schedule_slots s
) w
left join cron.job j on j.jobname = w.name
where j.active is distinct from true
order by w.name`;
const SLOTS_SQL = 'select slot, active, paused_because from public.schedule_slots order by slot';

/** Without these slots nobody learns how the rollout stands. */
const WATCHING = ['canary_report', 'evaluate_rollout', 'measure_health', 'check_divergence'];

/** Looks whether cron, the reports and the evaluations are scheduled. */
export function monitoring({ target }: DeployContext): DeployStep {
  return {
    name: 'monitoring',
    does: 'looks whether cron has every job, and reports, evaluations and divergence checks are not paused',
    needsRollout: false,
    sql: [LACKING_SQL, SLOTS_SQL, 'select internal.schedule_all()'],
    async check() {
      const lacking = await target.query(LACKING_SQL);
      const slots = await target.query(SLOTS_SQL);
      // Scheduling a job again leaves it paused: whoever paused it resumes it.
      const paused = lacking
        .filter(({ there }) => there)
        .map(({ name }) => ({
          what: `the cron job ${name} is paused`,
          remedy: `select cron.alter_job(jobid, active := true) from cron.job where jobname = '${name}'`,
        }));
      const unwatched = WATCHING.flatMap((name): Missing[] => {
        const slot = slots.find((row) => row.slot === name);
        if (slot === undefined)
          return [{ what: `the schedule has no slot ${name}`, remedy: 'apply the migrations' }];
        if (slot.active === true) return [];
        return [
          {
            what: `the slot ${name} is paused: ${slot.paused_because}`,
            remedy: `select resume_slot('${name}')`,
          },
        ];
      });
      return stepState({
        missing: [...paused, ...unwatched],
        pending: lacking.filter(({ there }) => !there).map(({ name }) => `${name} is scheduled`),
      });
    },
    async run() {
      await target.execute('select internal.schedule_all()');
    },
  };
}
