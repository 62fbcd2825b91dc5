// One fresh process: the whole fit of ARIMA_GARCH, or nothing beyond its imports and the same input. Arguments: `fit` or
// `nothing`, and a file with the bars. Writes the CPU milliseconds, user and system, that the process has used so far.
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { NEW_YORK } from '../../src/shared/calendars/built-in-calendars.ts';
import { arimaGarch } from '../../src/shared/models/arima-garch/arima-garch.ts';
import { unlimitedBudget } from '../../src/shared/models/forecaster.ts';
import { checkBars } from '../../src/shared/series/check-bars.ts';
import { type Bar, columnsFromBars } from '../../src/shared/series/series.ts';

const [, , what, file] = process.argv;
const bars = columnsFromBars('COLD', '1D', JSON.parse(readFileSync(file, 'utf8')) as Bar[]);
const { series } = checkBars(bars, { calendar: NEW_YORK });
const sets = what === 'fit' ? arimaGarch.grid : [];
for (const hyperparameters of sets) {
  const fit = arimaGarch.fit(series, hyperparameters, { seed: 1 });
  fit.step(unlimitedBudget);
  fit.result();
}
const { user, system } = process.cpuUsage();
process.stdout.write(JSON.stringify({ cpu_ms: (user + system) / 1000, sets: sets.length }));
