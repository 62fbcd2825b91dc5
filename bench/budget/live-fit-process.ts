// One fresh process: a whole live fit and its forecast, or nothing beyond its imports and the same input. Arguments: `grids`,
// `one-size`, `four-models` or `nothing`, and a file with the bars. Writes the CPU milliseconds, user and system, that the process has used so far,
// its memory, and what was chosen.

import { readFileSync } from 'node:fs';
import process from 'node:process';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import type { EnsembleConfiguration } from '../../src/shared/ensemble/ensemble-configuration.ts';
import { EnsembleFit } from '../../src/shared/ensemble/ensemble-fit.ts';
import type { EnsembleFitResult } from '../../src/shared/ensemble/ensemble-fit-result.ts';
import { defaultConfiguration, presetConfiguration } from '../../src/shared/ensemble/presets.ts';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { lstm } from '../../src/shared/models/lstm/lstm.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { type Bar, columnsFromBars } from '../../src/shared/series/series.ts';
import { SIZES } from './bench-jobs.ts';
import { BUDGET_LSTM, ONE_SIZE } from './live-configuration.ts';
import { peakMemory } from './peak-memory.ts';

/** What `live-fit-process.ts` writes. */
export interface LiveFit {
  readonly cpu_ms: number;
  readonly peak_mb: number;
  /** What tuning chose, by member; null where nothing was fitted. */
  readonly chosen: EnsembleFitResult['chosen'] | null;
}

const [, , what, file] = process.argv;
const bars = columnsFromBars('BENCH', '1D', JSON.parse(readFileSync(file, 'utf8')) as Bar[]);
const { series } = checkBars(bars, { calendar: NEW_YORK });
const fits: Readonly<Record<string, () => EnsembleFitResult>> = {
  grids: fitGrids,
  'one-size': () => fitEnsemble(ONE_SIZE),
  'four-models': () => fitEnsemble(presetConfiguration(4)),
};
const fit = what === 'nothing' ? null : fits[what]();
if (fit !== null) {
  const { distribution } = fit.fitted.predict(series);
  if (!distribution.quantiles.every(Number.isFinite)) throw new Error('The forecast is not finite');
}
const { user, system } = process.cpuUsage();
const measured: LiveFit = {
  cpu_ms: (user + system) / 1000,
  peak_mb: peakMemory(),
  chosen: fit?.chosen ?? null,
};
process.stdout.write(JSON.stringify(measured));

function fitEnsemble(configuration: EnsembleConfiguration): EnsembleFitResult {
  const { train, validation } = SIZES;
  const fit = new EnsembleFit({ series, train, validation, configuration });
  fit.step(unlimitedBudget);
  return fit.result();
}

/** The default grids; whatever they choose, the LSTM of the budget is fitted too and takes its place in the forecast. */
function fitGrids(): EnsembleFitResult {
  const result = fitEnsemble(defaultConfiguration);
  const fit = lstm.fit(series, BUDGET_LSTM, { seed: defaultConfiguration.seed });
  fit.step(unlimitedBudget);
  return { ...result, fitted: result.fitted.withRefitted(new Map([['LSTM', fit.result()]])) };
}
