import { describe, expect, it } from 'vitest';
import { benchTable } from '../../bench/harness/bench-table.ts';
import { areaUnderCurve } from '../../bench/overfitting/area-under-curve.ts';
import { crpsAtOutcomes } from '../../bench/overfitting/crps-of-shifts.ts';
import { overfittingEvidence } from '../../bench/overfitting/evidence.ts';
import { assessSearch, noiseName } from '../../bench/overfitting/judge-symbol.ts';
import { HONEST_MODELS, TUNED_MODELS } from '../../bench/overfitting/models/honest.ts';
import { LEAKS } from '../../bench/overfitting/models/leaks.ts';
import { MEMORISERS } from '../../bench/overfitting/models/memorisers.ts';
import { zooReport } from '../../bench/overfitting/overfitting-bench.ts';
import { scoreBestNoise, scoreModel, scoreTuned, tryNoiseOn } from '../../bench/overfitting/scored-models.ts';
import type { ZooModel } from '../../bench/overfitting/zoo-model.ts';
import { scaleMoves, zooWindow } from '../../bench/overfitting/zoo-window.ts';
import { assessOverfitting } from '../../src/shared/divergence/assess-overfitting.ts';
import { crpsFromQuantiles } from '../../src/shared/scores/crps.ts';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { sliceSeries } from '../../src/shared/series/series.ts';
import { copySeries } from '../shared/models/simulated-series.ts';
import { sp500 } from '../shared/series/sp500.ts';

const SIZES = { train: 600, validation: 100, test: 100, step: 100 };
const bars = sliceSeries(sp500(), 1000, 1900);
const place = { windowId: 799, trainFrom: 0, validationFrom: 600, testFrom: 700, end: 800 };
const window = zooWindow(bars, place);
const models: readonly ZooModel[] = [...HONEST_MODELS, ...MEMORISERS, ...LEAKS];
/** The LSTM takes its time. */
const quick = models.filter(({ name }) => name !== 'unregularised LSTM');
const named = (name: string) => models.find((model) => model.name === name)!;

describe("the zoo's windows", () => {
  it('have test bars whose log moves are halved or doubled, and nothing else changed', () => {
    const returns = logReturns(bars.close.subarray(0, 800));
    for (const factor of [0.5, 2] as const) {
      const { series } = window.test[factor];
      const scaled = logReturns(series.close);
      for (let i = 0; i < 799; i++)
        expect(scaled[i]).toBeCloseTo(i < 699 ? returns[i] : factor * returns[i], 12);
      for (let bar = 700; bar < 800; bar++) {
        expect(Math.log(series.high[bar] / series.low[bar])).toBeCloseTo(
          factor * Math.log(bars.high[bar] / bars.low[bar]),
          12,
        );
      }
      expect(series.volume).toEqual(bars.volume.slice(0, 800));
    }
    expect(scaleMoves(bars, 700, 1)).toBe(bars);
  });

  it('are forecast as a window is validated: train and validation by a fit on train, test by one on both', () => {
    expect(window.past).toMatchObject({ from: 250, to: 700, fitBars: 600 });
    expect(window.test[1]).toMatchObject({ from: 700, to: 800, fitBars: 700 });
    expect(window.past.fhs).toHaveLength(450);
  });
});

describe("the zoo's generators", () => {
  it('give the same forecasts again', () => {
    for (const model of quick) {
      expect(scoreModel(window, model), model.name).toEqual(scoreModel(zooWindow(bars, place), model));
    }
    const search = { amplitude: 0.1, trials: 20 };
    const once = scoreBestNoise(window, tryNoiseOn(window, search), 20);
    expect(scoreBestNoise(window, tryNoiseOn(zooWindow(bars, place), search), 20)).toEqual(once);
  });

  it.each(HONEST_MODELS.map(({ name }) => name))('%s knows no bar that it forecasts', (name) => {
    const changed = copySeries(sliceSeries(bars, 0, 800));
    for (const column of [changed.open, changed.high, changed.low, changed.close]) column[750] *= 1.05;
    const before = scoreModel(window, named(name))[1].test;
    const after = scoreModel(zooWindow(changed, place), named(name))[1].test;
    expect(after.mean.slice(0, 51)).toEqual(before.mean.slice(0, 51));
    expect(after.scale.slice(0, 51)).toEqual(before.scale.slice(0, 51));
  });

  it.each(LEAKS.map(({ name }) => name))('the same check fails for a leak: %s', (name) => {
    const changed = copySeries(sliceSeries(bars, 0, 800));
    for (const column of [changed.high, changed.close]) column[750] *= 1.05;
    const before = scoreModel(window, named(name))[1].test;
    const after = scoreModel(zooWindow(changed, place), named(name))[1].test;
    const forecast = ({ mean, scale }: typeof before) => [mean[50], scale[50]];
    expect(forecast(after)).not.toEqual(forecast(before));
  });

  it.each([
    ['1-nearest neighbour', 0.001],
    ['boosting without shrinkage', 0.1],
    ['unregularised LSTM', 0.8],
    ['least squares on 100 noise features', 0.97],
  ])('%s knows by heart what it was fitted on, and nothing of what comes', (name, atMost) => {
    const { divergence } = assessOverfitting(scoreModel(window, named(name))[1]);
    expect(divergence.relative.train).toBeLessThan(atMost);
    expect(divergence.relative.validation).toBeGreaterThan(1.02);
  });

  it('the memorised scale knows the size of every known bar, though its mean is that of the benchmark', () => {
    const scored = scoreModel(window, named('memorised scale'))[1];
    const { train } = scored;
    const benchmark = scoreModel(window, named('FHS'))[1].train;
    expect(train.squaredErrors).toEqual(benchmark.squaredErrors);
    const found = assessOverfitting(scored);
    expect(found.crpsDivergence.relative.train).toBeLessThan(0.95);
    expect(found.crpsDivergence.relative.validation).toBeGreaterThan(1.02);
  });

  it('a search tries what a smaller one has tried and more, and takes the best by CRPS', () => {
    const many = tryNoiseOn(window, { amplitude: 0.1, trials: 50 });
    const few = tryNoiseOn(window, { amplitude: 0.1, trials: 20 });
    expect(many.scores.slice(0, 20)).toEqual(few.scores);
    const sum = (scores: Float64Array) => scores.reduce((total, value) => total + value, 0);
    const { validation, trialScores } = scoreBestNoise(window, many, 50)[1];
    const best = Math.min(...many.scores.map(sum));
    expect(trialScores).toHaveLength(50);
    expect(sum(validation.crps)).toBeCloseTo(best, 10);
    expect(sum(scoreBestNoise(window, many, 20)[1].validation.crps)).toBeGreaterThanOrEqual(best - 1e-12);
  });

  it('a tuned model is the candidate with the smallest CRPS on validation', () => {
    for (const tuned of TUNED_MODELS) {
      const { validation, trialScores } = scoreTuned(window, tuned)[1];
      const sums = trialScores.map((scores) => scores.reduce((total, value) => total + value, 0));
      expect(trialScores).toHaveLength(tuned.candidates.length);
      expect(validation.crps).toEqual(trialScores[sums.indexOf(Math.min(...sums))]);
    }
  });
});

describe('the measures of the table', () => {
  it('the score at many outcomes is that of the quantiles', () => {
    const { quantiles } = window.past.fhs[100];
    const at = crpsAtOutcomes(quantiles);
    for (const outcome of [-1, -0.03, -0.001, 0, quantiles[7], 0.0123, 0.04, 1]) {
      expect(at(outcome)).toBeCloseTo(crpsFromQuantiles(quantiles, outcome), 13);
    }
  });

  it('the area under the curve counts pairs, ties by half', () => {
    const positives = [3, 1, 2, 2];
    const negatives = [0, 2, 1];
    let wins = 0;
    for (const a of positives) for (const b of negatives) wins += a > b ? 1 : a === b ? 0.5 : 0;
    expect(areaUnderCurve(positives, negatives)).toBeCloseTo(wins / 12, 12);
    expect(areaUnderCurve([1, 2], [0])).toBe(1);
  });

  it('evidence is above 1 where the verdict is overfitting, and nowhere else', () => {
    for (const model of quick) {
      for (const scored of Object.values(scoreModel(window, model))) {
        const found = assessOverfitting(scored);
        expect(overfittingEvidence(found) > 1, model.name).toBe(found.verdict.isOverfitting);
      }
    }
    const search = tryNoiseOn(window, { amplitude: 0.3, trials: 100 });
    const found = assessSearch(scoreBestNoise(window, search, 100)[1]);
    expect(overfittingEvidence(found) > 1).toBe(found.verdict.isOverfitting);
  });

  it('a search is judged as any window is', () => {
    const scored = scoreBestNoise(window, tryNoiseOn(window, { amplitude: 0.2, trials: 30 }), 30)[2];
    const { backtestOverfittingProbability: _left, ...found } = assessOverfitting(scored);
    expect(assessSearch(scored)).toMatchObject(found);
  });
});

describe('the overfitting bench', () => {
  it('has a row for every model, the power curve, and a result for every target', async () => {
    const report = await zooReport({
      series: [bars],
      sizes: { ...SIZES, step: 100 },
      ensemble: false,
      cache: undefined,
      threads: 1,
    });
    const [zoo, curve] = report.tables!;
    expect(zoo.rows.map(([model]) => model)).toEqual([
      ...HONEST_MODELS.map(({ name }) => name),
      ...TUNED_MODELS.map(({ name }) => name),
      ...MEMORISERS.map(({ name }) => name),
      noiseName(300, 0.1),
      noiseName(2000, 0.1),
      ...LEAKS.map(({ name }) => name),
    ]);
    for (const row of zoo.rows) expect(row).toHaveLength(zoo.header.length);
    expect(zoo.rows.every(([, windows]) => windows === '2')).toBe(true);
    expect(curve.rows).toHaveLength(4);
    expect(curve.rows[0]).toHaveLength(7);
    expect(report.results.every(({ unit, target }) => unit === '%' && target !== null)).toBe(true);
    const [peek] = report.results.filter((result) => result.case.includes('peeks'));
    expect(peek).toMatchObject({ ours: 100, direction: 'at least', target: 100, met: true });
    const text = benchTable(report);
    expect(text).toContain('1-nearest neighbour');
    expect(text).toContain('at most 3 %');
  });
});
