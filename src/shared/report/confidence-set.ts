import type { ConfidenceSet } from '../contracts/forecast-tests.ts';
import { defaultBlockLength, modelConfidenceSet } from '../scores/model-confidence-set.ts';

/** The set misses the best model with this probability. */
const LEVEL = 0.1;
/** Any will do; the same data give the same set. */
const SEED = 1;

/**
 * The model confidence set over models by their losses on the same bars. Models whose losses are the same on every bar, as those of
 * two combinations with equal weights, are one model under two names.
 *
 * @param losses by model, in the order of time; at least 10
 * @param steps that a forecast looks ahead: blocks are at least twice as long. Default 1
 */
export function confidenceSet(losses: Readonly<Record<string, Float64Array>>, steps = 1): ConfidenceSet {
  const distinct: { readonly loss: Float64Array; readonly names: string[] }[] = [];
  for (const [name, loss] of Object.entries(losses)) {
    const same = distinct.find((other) => other.loss.every((value, i) => value === loss[i]));
    if (same === undefined) distinct.push({ loss, names: [name] });
    else same.names.push(name);
  }
  const bars = distinct[0].loss.length;
  const found = modelConfidenceSet(
    distinct.map(({ loss }) => loss),
    {
      level: LEVEL,
      seed: SEED,
      blockLength: Math.min(bars, Math.max(2 * steps, defaultBlockLength(bars))),
    },
  );
  const byName = new Map(
    found.flatMap(({ model, pValue, included }) =>
      distinct[model].names.map((name) => [name, { p_value: pValue, included }] as const),
    ),
  );
  return {
    level: 1 - LEVEL,
    models: Object.fromEntries(Object.keys(losses).map((name) => [name, byName.get(name)!])),
  };
}

/** A model's losses on the bars of one symbol. */
export interface DatedLosses {
  readonly times: readonly string[];
  readonly losses: Readonly<Record<string, Float64Array>>;
}

/**
 * The same over symbols together. What happens on one day is one observation, because symbols move together: the day's losses of
 * all symbols are summed up, as `clusteredTest` does.
 */
export function pooledConfidenceSet(symbols: readonly DatedLosses[], steps = 1): ConfidenceSet {
  const days = [...new Set(symbols.flatMap(({ times }) => times.map(dayOf)))].sort();
  const places = new Map(days.map((day, place) => [day, place]));
  const sums = Object.keys(symbols[0].losses).map((name) => {
    const byDay = new Float64Array(days.length);
    for (const { times, losses } of symbols) {
      times.forEach((time, bar) => {
        byDay[places.get(dayOf(time))!] += losses[name][bar];
      });
    }
    return [name, byDay] as const;
  });
  return confidenceSet(Object.fromEntries(sums), steps);
}

/** The date that a bar's time begins with. */
function dayOf(time: string): string {
  return time.slice(0, 10);
}
