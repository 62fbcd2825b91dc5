import { canonicalJson } from '../canonical-json.ts';
import { writtenCovariate } from '../series/written-covariate.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';

/**
 * Says that an ensemble which was asked for is not the one that is stored and used; null where they are alike in what
 * can be asked for. What a version tries by default (grids, mean factors) is nobody's wish, and is not compared.
 */
export function storedInstead(asked: EnsembleConfiguration, stored: EnsembleConfiguration): string | null {
  const [wish, fact] = [describe(asked), describe(stored)];
  if (canonicalJson(wish) === canonicalJson(fact)) return null;
  return (
    `The environment asks for the ${asked.ensemble} ${inWords(wish)}, but the database has one ${inWords(fact)}, which stands: ` +
    'npm run canary -- deploy puts another in its place'
  );
}

interface Described {
  readonly members: string;
  readonly weighting: string;
  readonly others: readonly string[];
}

function describe(configuration: EnsembleConfiguration): Described {
  const { weights, weighting = 'simple_avg', conformalStep, companions, covariates } = configuration;
  const members = Object.entries(weights).sort();
  return {
    members: members.map(([name, weight]) => `${name} ${weight}`).join(', '),
    weighting,
    others: [
      ...(conformalStep === undefined ? [] : [`conformal step ${conformalStep}`]),
      ...(companions === undefined ? [] : [`companions ${companions.join(', ')}`]),
      ...(covariates === undefined ? [] : [`covariates ${covariates.map(writtenCovariate).join(', ')}`]),
    ],
  };
}

function inWords({ members, weighting, others }: Described): string {
  return [`of ${members}`, `weights ${weighting}`, ...others].join('; ');
}
