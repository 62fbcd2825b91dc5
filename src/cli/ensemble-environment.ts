import { ENVIRONMENT_VARIABLES, parseEnvironment } from '../shared/contracts/environment.ts';

/** Variables by their name, as `process.env` has them. */
type Variables = Readonly<Record<string, string | undefined>>;

/**
 * The variables that choose the ensemble (`ENSEMBLE_MODEL_COUNT` and the rest), for the functions, which see no other part of
 * this process's environment. Checked here, so that a wrong one is told before anything starts.
 *
 * @param environment this process's
 * @param file what `supabase/functions/.env` says; the process's environment wins over it
 * @returns those that `environment` sets
 * @throws InvalidInputError `invalid_input`, `contradictory_environment`, `member_not_available`, `backend_not_available`
 */
export function ensembleEnvironment(environment: Variables, file: Variables): Record<string, string> {
  parseEnvironment((name) => environment[name] || file[name]);
  const set: Record<string, string> = {};
  for (const name of ENVIRONMENT_VARIABLES) {
    const value = environment[name];
    if (value) set[name] = value;
  }
  return set;
}
