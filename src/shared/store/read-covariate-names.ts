import { covariatesSchema } from '../contracts/covariates.ts';
import { parse } from '../contracts/parse.ts';
import type { CovariateName } from '../series/covariate.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** The covariates that a configuration names. @throws StoreError */
export async function readCovariateNames(
  client: PlumblineClient,
  configHash: string,
): Promise<readonly CovariateName[]> {
  const { covariates } = unwrap(
    await client
      .from('configurations')
      .select('covariates:configuration->covariates')
      .eq('config_hash', configHash)
      .single(),
  );
  return parse(covariatesSchema, covariates ?? [], 'The covariates of the configuration');
}
