import type { DeployContext } from '../deploy-context.ts';
import { type DeployStep, type Missing, stepState } from '../deploy-step.ts';

/** The jobs of cron that are no slot's. */
const TICKS = ['dispatch', 'alerts', 'reconcile', 'plan', 'continue', 'outcomes', 'retention'];

const JOBS_SQL = `select jobname from cron.job where active and jobname like 'plumbline-%'`;
const SLOTS_SQL = 'select slot, active, paused_because from public.schedule_slots order by slot';

/** Without these slots nobody learns how the rollout stands. */
const WATCHING = ['canary_report', 'evaluate_rollout', 'measure_health', 'check_divergence'];

/** Looks whether cron, the reports and the evaluations are scheduled. */
export function monitoring({ target }: DeployContext): DeployStep {
  const look = async () => {
    const jobs = (await target.query(JOBS_SQL)).map(({ jobname }) => String(jobname));
    const slots = await target.query(SLOTS_SQL);
    const wanted = [...TICKS, ...slots.map(({ slot }) => String(slot).replaceAll('_', '-'))];
    return { slots, absent: wanted.map((job) => `plumbline-${job}`).filter((job) => !jobs.includes(job)) };
  };
  return {
    name: 'monitoring',
    does: 'looks whether cron has every job, and reports, evaluations and divergence checks are not paused',
    needsRollout: false,
    sql: [JOBS_SQL, SLOTS_SQL, 'select internal.schedule_all()'],
    async check() {
      const { slots, absent } = await look();
      const missing = WATCHING.flatMap((name): Missing[] => {
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
      return stepState({ missing, pending: absent.map((job) => `${job} is scheduled`) });
    },
    async run() {
      await target.execute('select internal.schedule_all()');
    },
  };
}
