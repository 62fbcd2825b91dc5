import { describe, expect, it } from 'vitest';
import {
  confidenceSet,
  type DatedLosses,
  pooledConfidenceSet,
} from '../../../src/shared/report/confidence-set.ts';
import { modelConfidenceSet } from '../../../src/shared/scores/model-confidence-set.ts';
import { simulatedForecasts } from './simulated-forecasts.ts';

const datedLosses = (seed: number, bars = 500): DatedLosses => {
  const models = simulatedForecasts(`S${seed}`, seed, bars);
  return {
    times: models.fhs.times,
    losses: Object.fromEntries(Object.entries(models).map(([name, { model }]) => [name, model.crps])),
  };
};
const { losses } = datedLosses(1);

describe('the confidence set over models', () => {
  it('holds the model that knows, and not those that do not', () => {
    const { level, models } = confidenceSet(losses);
    expect(level).toBe(0.9);
    expect(Object.keys(models)).toEqual(['knowing', 'twin', 'narrow', 'blind', 'fhs']);
    expect(models.knowing).toEqual({ p_value: 1, included: true });
    for (const name of ['narrow', 'blind', 'fhs']) expect(models[name].included).toBe(false);
  });

  it('takes models of the same losses for one', () => {
    const { knowing, twin, ...others } = losses;
    expect(twin).toEqual(knowing);
    const { models } = confidenceSet(losses);
    expect(models.twin).toEqual(models.knowing);
    // As if there were no twin.
    const alone = confidenceSet({ knowing, ...others }).models;
    expect(models).toEqual({ ...alone, twin: alone.knowing });
  });

  it('is the set of its tests at 10 %, the same in every run', () => {
    const { twin: _, ...distinct } = losses;
    const names = Object.keys(distinct);
    const found = modelConfidenceSet(Object.values(distinct), { level: 0.1, seed: 1 });
    const { models } = confidenceSet(distinct);
    for (const { model, pValue, included } of found) {
      expect(models[names[model]]).toEqual({ p_value: pValue, included });
    }
    expect(confidenceSet(distinct).models).toEqual(models);
  });
});

describe('the confidence set over symbols', () => {
  it('of one symbol is its own', () => {
    expect(pooledConfidenceSet([datedLosses(1)])).toEqual(confidenceSet(losses));
  });

  it("sums up a day's losses, whatever bars a symbol has on it", () => {
    const long = datedLosses(1);
    const short = datedLosses(2, 300);
    const together = Object.fromEntries(
      Object.keys(long.losses).map((name) => [
        name,
        long.losses[name].map((value, day) => value + (short.losses[name][day] ?? 0)),
      ]),
    );
    expect(pooledConfidenceSet([long, short])).toEqual(confidenceSet(together));
  });

  it('takes the half sessions of a day together', () => {
    const { times, losses: byBar } = datedLosses(3, 400);
    const halves = times.map(
      (_, bar) => `${times[Math.floor(bar / 2)]}T${bar % 2 === 0 ? '14:30' : '18:30'}:00Z`,
    );
    const byDay = Object.fromEntries(
      Object.entries(byBar).map(([name, values]) => [
        name,
        Float64Array.from({ length: 200 }, (_, day) => values[2 * day] + values[2 * day + 1]),
      ]),
    );
    expect(pooledConfidenceSet([{ times: halves, losses: byBar }])).toEqual(confidenceSet(byDay));
  });
});
