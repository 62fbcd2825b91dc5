import type { EnsembleReport, EvaluationReport } from '../../shared/contracts/evaluation-report.ts';
import { writtenCovariate } from '../../shared/series/written-covariate.ts';
import { counted } from '../../shared/wording/counted.ts';

/** Who took part in an evaluation, and what they knew: a term and a text each. */
export function evaluationHeading(
  report: EvaluationReport,
  part: EnsembleReport,
): readonly (readonly [term: string, text: string])[] {
  const { train, validation } = report.sizes;
  return [
    ['members', membersOf(part)],
    ['known beside the bars', informationOf(report, part)],
    [
      'test bars',
      `after ${firstCutoffs(part)}: the ${train + validation} bars up to there are train and validation of the first window`,
    ],
  ];
}

/** With their weights, and how they are combined. */
function membersOf({ configuration: { weights, weighting = 'simple_avg' } }: EnsembleReport): string {
  const members = Object.entries(weights).map(([name, weight]) => `${name} ${weight}`);
  return `${members.join(', ')}${weighting === 'calibrated' ? '; weights are learned' : ''}`;
}

function informationOf(
  { events }: EvaluationReport,
  { configuration: { covariates = [] } }: EnsembleReport,
): string {
  const count = events.reduce((sum, { count }) => sum + count, 0);
  const parts = [
    ...(count === 0
      ? []
      : [
          `${counted(count, 'event')} of ${events.map((one) => `${one.symbol} (to ${one.last})`).join(', ')}`,
        ]),
    ...(covariates.length === 0 ? [] : [`covariates ${covariates.map(writtenCovariate).join(', ')}`]),
  ];
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

/** The last bar before the first test bar, by symbol. */
function firstCutoffs({ symbols, windows }: EnsembleReport): string {
  return symbols
    .map(({ symbol }) => {
      const cutoffs = windows
        .filter((window) => window.symbol === symbol)
        .map(({ data_cutoff }) => data_cutoff);
      return `${cutoffs.sort()[0]} (${symbol})`;
    })
    .join(', ');
}
