import { describe, expect, it } from 'vitest';
import { NEW_YORK } from '../../../src/shared/calendars/built-in-calendars.ts';
import { newYorkTime } from '../../../src/shared/calendars/new-york-time.ts';
import { isHalfDay, nextSession } from '../../../src/shared/calendars/sessions.ts';
import { normalQuantile } from '../../../src/shared/numerics/distributions/normal.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { clusteredTest } from '../../../src/shared/report/clustered-test.ts';
import { figures } from '../../../src/shared/report/figures.ts';
import { joinStretches, type ScoredStretch } from '../../../src/shared/report/scored-stretch.ts';
import { scoreForecasts } from '../../../src/shared/scores/scored-forecasts.ts';

const BARS = 600;
const times = Array.from({ length: BARS }, (_, i) => `d${String(i).padStart(4, '0')}`);
const standard = Float64Array.from(QUANTILE_LEVELS, (level) => normalQuantile(level));

/** Normal forecasts of mean and scale by bar. */
function forecasts(mean: (i: number) => number, scale: (i: number) => number) {
  return times.map((_, i) => ({
    mean: mean(i),
    scale: scale(i),
    quantiles: standard.map((z) => mean(i) + scale(i) * z),
  }));
}

/** Returns whose scale is 1 and 3 by turns of 50 bars; the model knows it, the benchmark does not. */
function stretch(symbol: string, seed: number): ScoredStretch {
  const random = new SeededRandom(seed);
  const scale = (i: number) => (i % 100 < 50 ? 0.01 : 0.03);
  const realised = Float64Array.from(times, (_, i) => scale(i) * random.normal());
  const score = (made: ReturnType<typeof forecasts>) => scoreForecasts(made, realised);
  return {
    symbol,
    times,
    onEvent: null,
    model: score(forecasts(() => 0.001, scale)),
    noChange: score(
      forecasts(
        () => 0,
        () => 0.02,
      ),
    ),
    fhs: score(
      forecasts(
        () => 0,
        (i) => 0.02 + i * 1e-9,
      ),
    ),
  };
}

describe('the figures of a model', () => {
  const one = stretch('A', 1);
  const alone = figures([one]);

  it('are ratios to the benchmarks, a t value and gains that tell the better model', () => {
    expect(alone.n).toBe(BARS);
    expect(alone.rmse_ratio).toBeCloseTo(1, 2);
    expect(alone.crps_ratio).toBeLessThan(0.95);
    expect(alone.crps_t).toBeLessThan(-5);
    expect(alone.log_score_gain).toBeGreaterThan(0.1);
    expect(alone.pinball_05_ratio).toBeLessThan(1);
    expect(alone.directional_accuracy).toBe(alone.base_rate);
  });

  it('of a benchmark against itself are 1, with no t value', () => {
    const itself = figures([{ ...one, model: one.fhs }]);
    expect(itself).toMatchObject({ crps_ratio: 1, log_score_gain: 0, pinball_95_ratio: 1, crps_t: null });
    expect(figures([{ ...one, model: one.noChange }]).rmse_ratio).toBe(1);
  });

  it('cover what they promise, and in each third of the volatility that the benchmark expects', () => {
    for (const { level, share, by_tercile } of alone.coverage) {
      expect(Math.abs(share - level)).toBeLessThan(0.05);
      expect((by_tercile[0] + by_tercile[1] + by_tercile[2]) / 3).toBeCloseTo(share, 12);
    }
    // The benchmark's scale rises with time: its thirds are the first, second and last 200 bars.
    const late = one.model.covered[2].slice(400).reduce((sum, value) => sum + value, 0) / 200;
    expect(alone.coverage[2].by_tercile[2]).toBeCloseTo(late, 12);
  });

  it('of half sessions say the coverage in either half, and of other bars nothing of it', () => {
    const halves: string[] = [];
    for (let day = '2024-06-03'; halves.length < BARS; day = nextSession(day, NEW_YORK)) {
      if (!isHalfDay(day, NEW_YORK)) halves.push(newYorkTime(day, '09:30'), newYorkTime(day, '13:30'));
    }
    const { coverage } = figures([{ ...one, times: halves }]);
    const covered = (half: number, level: number) => {
      const own = one.model.covered[level].filter((_, i) => i % 2 === half);
      return own.reduce((sum, value) => sum + value, 0) / own.length;
    };
    coverage.forEach(({ by_position }, level) => {
      expect(by_position).toEqual([covered(0, level), covered(1, level)]);
    });
    expect(alone.coverage[0]).not.toHaveProperty('by_position');
  });

  it('are the same of a stretch in one piece and in two that are joined', () => {
    const part = (from: number, to: number): ScoredStretch => {
      const cut = (scored: ScoredStretch['model']) => ({
        ...scored,
        realised: scored.realised.slice(from, to),
        mean: scored.mean.slice(from, to),
        scale: scored.scale.slice(from, to),
        crps: scored.crps.slice(from, to),
        logScore: scored.logScore.slice(from, to),
        pinball: scored.pinball.map((column) => column.slice(from, to)),
        covered: scored.covered.map((column) => column.slice(from, to)),
      });
      const { model, noChange, fhs } = one;
      return {
        ...{ symbol: 'A', times: times.slice(from, to), onEvent: null },
        ...{ model: cut(model), noChange: cut(noChange), fhs: cut(fhs) },
      };
    };
    expect(figures([joinStretches([part(0, 250), part(250, BARS)])])).toEqual(alone);
  });

  it('say how many returns the intervals cover on the bars of events, only where there are any', () => {
    expect(alone.coverage.every((level) => !('on_events' in level))).toBe(true);
    const onEvent = times.map((_, i) => i % 100 === 60);
    const { coverage } = figures([
      { ...one, onEvent },
      { ...one, symbol: 'B' },
    ]);
    coverage.forEach(({ on_events }, level) => {
      const covered = onEvent.flatMap((on, i) => (on ? [one.model.covered[level][i]] : []));
      expect(on_events).toBeCloseTo(covered.reduce((sum, hit) => sum + hit, 0) / covered.length, 12);
    });
    const other = { ...one, symbol: 'B' };
    expect(joinStretches([{ ...one, onEvent }, other]).onEvent).toEqual([
      ...onEvent,
      ...times.map(() => false),
    ]);
  });

  it('of the same symbol twice have its ratios and its t: what happens on a day is one observation', () => {
    const twice = figures([one, { ...one, symbol: 'B' }]);
    expect(twice.n).toBe(2 * BARS);
    expect(twice.crps_ratio).toBeCloseTo(alone.crps_ratio, 12);
    expect(twice.crps_t).toBeCloseTo(alone.crps_t!, 9);
  });

  it('of two independent symbols have a larger t', () => {
    const both = figures([one, stretch('B', 2)]);
    expect(both.crps_t).toBeLessThan(Math.min(alone.crps_t!, -7));
  });
});

describe('the clustered test', () => {
  it('orders days by time, whatever the order of the differences', () => {
    const differences = Array.from({ length: 40 }, (_, i) => ({
      time: times[i],
      difference: Math.sin(i) + 0.2,
    }));
    expect(clusteredTest([...differences].reverse())).toEqual(clusteredTest(differences));
  });

  it('has nothing to say of a single day, and no t without variation', () => {
    expect(clusteredTest([{ time: 'd', difference: 1 }])).toBeNull();
    const same = ['a', 'b', 'c'].map((time) => ({ time, difference: 0 }));
    expect(clusteredTest(same)).toMatchObject({ days: 3, t: null });
  });
});
