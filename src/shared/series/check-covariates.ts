import { FitError } from '../errors/fit-error.ts';
import { type BarRules, checkBars } from './check-bars.ts';
import type { CovariateName } from './covariate.ts';
import type { DataNote } from './data-finding.ts';
import type { BarColumns } from './series.ts';
import type { CovariateSeries } from './with-covariates.ts';
import { writtenCovariate } from './written-covariate.ts';

/** Daily bars of a covariate as they are stored or written, and what they are held against. */
export interface CovariateBars {
  readonly bars: BarColumns;
  readonly rules: BarRules;
}

/** Covariates whose bars passed the gate, and why others are left out. */
export interface CheckedCovariates {
  readonly covariates: readonly CovariateSeries[];
  readonly notes: readonly DataNote[];
}

/**
 * The gate for covariates. One that is read by its level passes by its closes alone. One without bars, or whose bars
 * are refused, is left out, with a note that says why.
 *
 * @param found bars of symbols; those that have none are not among them
 */
export function checkCovariates(
  names: readonly CovariateName[],
  found: readonly CovariateBars[],
): CheckedCovariates {
  const covariates: CovariateSeries[] = [];
  const notes: DataNote[] = [];
  for (const name of names) {
    const one = found.find(({ bars }) => bars.symbol === name.symbol);
    if (one === undefined || one.bars.times.length === 0) {
      notes.push(covariateLeftOut(name, `there are no daily bars of ${name.symbol} by then`));
    } else if (name.measure === 'range' && one.rules.closesOnly === true) {
      notes.push(covariateLeftOut(name, `of ${name.symbol} only closes are stored, which have no range`));
    } else {
      try {
        const { series } = checkBars(one.bars, { ...one.rules, closesOnly: name.measure === 'level' });
        covariates.push({ series, measure: name.measure });
      } catch (error) {
        if (!(error instanceof FitError)) throw error;
        notes.push(covariateLeftOut(name, error.message, { error_code: error.code }));
      }
    }
  }
  return { covariates, notes };
}

/** The note that a forecast is made without a covariate. @param why goes on after a colon */
export function covariateLeftOut(
  name: CovariateName,
  why: string,
  details: DataNote['details'] = {},
): DataNote {
  return {
    severity: 'note',
    code: 'covariate_left_out',
    message: `The covariate ${writtenCovariate(name)} is left out: ${why}`,
    details: { symbol: name.symbol, measure: name.measure, ...details },
  };
}
