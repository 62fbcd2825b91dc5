import { parseSetting } from '../../../../shared/contracts/settings.ts';
import type { DeployContext } from '../deploy-context.ts';
import { type DeployStep, joinStates, type StepState, stepState } from '../deploy-step.ts';
import { checkData, dataSql } from '../preflight/data-check.ts';
import { checkMigrations } from '../preflight/migrations-check.ts';
import { checkSecrets, SECRETS_SQL } from '../preflight/secrets-check.ts';
import { checkTests } from '../preflight/tests-check.ts';
import { hasRolloutTables, TABLES_SQL } from '../rollout-tables.ts';

const PUBLISHING_SQL = `select value from public.settings where name = 'publishing_enabled'`;

/** Looks whether everything is there that the other steps need, and runs the tests of the commit. */
export function preflight(context: DeployContext): DeployStep {
  const { plan, target } = context;
  let ran = false;
  return {
    name: 'preflight',
    does: 'looks for pending migrations, secrets, functions that bundle, bars up to the last session, and the tests of this commit',
    needsRollout: false,
    sql: [SECRETS_SQL, TABLES_SQL, PUBLISHING_SQL, dataSql(plan.symbols)],
    async check() {
      const migrations = await checkMigrations(context);
      const states = [
        migrations,
        await checkSecrets(context),
        await context.checkFunctions(),
        // A database without our tables cannot be asked for more than this.
        ...((await hasRolloutTables(target))
          ? [await checkPublishing(context), await checkData(context)]
          : [noTables(context)]),
        checkTests(context, ran),
      ];
      return joinStates(states);
    },
    async run() {
      const { commit } = plan.source;
      if (commit === null) return;
      context.tell(`${target.name}: npm test`);
      context.kept.keepTests(commit, await context.runTests());
      ran = true;
    },
  };
}

function noTables({ target }: DeployContext): StepState {
  return stepState(
    target.kind === 'embedded'
      ? {}
      : { notes: ['the database has no tables of rollouts yet: bars are looked at after the migrations'] },
  );
}

/** With the kill switch on nothing is planned, so there would be no first forecasts. */
async function checkPublishing({ target }: DeployContext): Promise<StepState> {
  const [row] = await target.query(PUBLISHING_SQL);
  if (parseSetting('publishing_enabled', row?.value)) return stepState();
  return stepState({
    missing: [
      {
        what: 'the kill switch is on: nothing is published or planned',
        remedy: 'npm run canary -- publishing on --reason TEXT',
      },
    ],
  });
}
