import { functionNames } from '../../../bundle-functions.ts';
import type { DeployContext } from '../deploy-context.ts';
import { type DeployStep, stepState } from '../deploy-step.ts';

/** Brings the Edge Functions, with their variables, to where they are called. */
export function functions({ target, plan, kept, now }: DeployContext): DeployStep {
  const { commit, clean } = plan.source;
  const isCurrent = () =>
    target.kind === 'embedded' ||
    (commit !== null && clean && kept.hasDeployed(target.name, commit, plan.variables));
  return {
    name: 'functions',
    does:
      target.kind === 'remote'
        ? 'deploys the functions and their variables: supabase secrets set, supabase functions deploy --use-api'
        : 'looks whether every function answers: the stack serves them from this checkout',
    needsRollout: false,
    sql: [],
    async check() {
      const served = await target.servedFunctions();
      const absent = functionNames().filter((name) => !served.includes(name));
      if (target.kind === 'embedded') {
        return stepState({
          missing: absent.map((name) => ({
            what: `the function ${name} does not answer`,
            remedy: 'restart the stack with npm start, and see what it says',
          })),
        });
      }
      if (absent.length > 0) return stepState({ pending: absent.map((name) => `${name} is deployed`) });
      return stepState(isCurrent() ? {} : { pending: ['every function is deployed from this checkout'] });
    },
    async run() {
      await target.deployFunctions(plan.variables);
      // What is not a commit's cannot be known again: it is deployed anew each time.
      if (commit !== null && clean) kept.keepDeployed(target.name, commit, plan.variables, now());
    },
  };
}
