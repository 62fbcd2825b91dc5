import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseCsvBars } from '../../src/shared/market-data/parse-csv-bars.ts';
import { QUANTILE_LEVELS } from '../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import type { ForecastPair } from '../../src/shared/rollout/comparison/compared-pair.ts';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { erringForecast, type SimulatedForecaster } from './simulated-pairs.ts';

const SP500 = new URL('../../node_modules/vega-datasets/data/sp500-2000.csv', import.meta.url);
const CANARY = ['AAPL', 'MSFT', 'SPY'];
/** RiskMetrics' decay of the volatility, and standardised returns of which the quantiles are made. */
const DECAY = 0.94;
const POOL = 500;

/** What a forecaster without errors says before a day, and what came. */
interface RealDay {
  readonly symbol: string;
  readonly time: string;
  readonly volatility: number;
  readonly standard: readonly number[];
  readonly realised: number;
}

/** By day, those symbols that have a bar on all days. @param csv directory of AAPL.csv, MSFT.csv, SPY.csv; default: one symbol, the S&P 500 */
export function realDays(csv: string | undefined): RealDay[][] {
  const files: [string, string | URL][] =
    csv === undefined ? [['SPX', SP500]] : CANARY.map((symbol) => [symbol, join(csv, `${symbol}.csv`)]);
  const bySymbol = files.map(([symbol, file]) => new Map(daysOf(symbol, file).map((day) => [day.time, day])));
  return [...bySymbol[0].keys()]
    .filter((time) => bySymbol.every((days) => days.has(time)))
    .map((time) => bySymbol.map((days) => days.get(time)!));
}

function daysOf(symbol: string, file: string | URL): RealDay[] {
  const now = new Date().toISOString();
  const { bars } = parseCsvBars(readFileSync(file, 'utf8'), { timeframe: '1D', now });
  const returns = logReturns(Float64Array.from(bars, ({ close }) => close));
  const pool: number[] = [];
  const days: RealDay[] = [];
  let variance = 0;
  for (let i = 0; i < 50; i++) variance += (returns[i] * returns[i]) / 50;
  for (let i = 50; i < returns.length; i++) {
    const volatility = Math.sqrt(variance);
    if (pool.length >= POOL) {
      const sorted = Float64Array.from(pool.slice(-POOL)).sort();
      const standard = QUANTILE_LEVELS.map((level) => sorted[Math.round(level * (POOL - 1))]);
      days.push({ symbol, time: bars[i + 1].time, volatility, standard, realised: returns[i] });
    }
    pool.push(returns[i] / volatility);
    variance = DECAY * variance + (1 - DECAY) * returns[i] * returns[i];
  }
  return days;
}

/** Disjoint courses of so many sessions, oldest first. */
export function* realCourses(
  days: readonly (readonly RealDay[])[],
  sessions: number,
  {
    candidate,
    baseline,
  }: { readonly candidate: SimulatedForecaster; readonly baseline: SimulatedForecaster },
): Generator<ForecastPair[]> {
  const random = new SeededRandom(1);
  for (let first = 0; first + sessions <= days.length; first += sessions) {
    yield days.slice(first, first + sessions).flatMap((day) =>
      day.map(({ symbol, time, volatility, standard, realised }) => ({
        symbol,
        horizon: '1D',
        data_cutoff: `${time.slice(0, 10)}T00:00:00Z`,
        outcome_time: time,
        realised_return: realised,
        candidate: erringForecast(candidate, volatility, standard, random),
        baseline: erringForecast(baseline, volatility, standard, random),
      })),
    );
  }
}
