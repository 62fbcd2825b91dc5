import { describe, expect, it } from 'vitest';
import { OnlineAggregation } from '../../../src/shared/calibration/online-aggregation.ts';
import { averageQuantiles } from '../../../src/shared/ensemble/average-quantiles.ts';
import { Combination } from '../../../src/shared/ensemble/combination.ts';
import type { Json } from '../../../src/shared/json.ts';
import type { PredictiveDistribution } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { crpsFromQuantiles, crpsSubgradient } from '../../../src/shared/scores/crps.ts';
import { normalForecast } from './stand-in-members.ts';

const PRESET = [0.3, 0.7];

/** Two members of which the second is right: outcomes are normal with its scale. */
function bars(
  count: number,
  seed: number,
  unit = 1,
): { members: PredictiveDistribution[]; outcome: number }[] {
  const random = new SeededRandom(seed);
  return Array.from({ length: count }, () => {
    const scale = unit * (0.01 + 0.02 * random.uniform());
    return {
      members: [normalForecast(0, 3 * scale), normalForecast(0, scale)],
      outcome: scale * random.normal(),
    };
  });
}

function learned(combination: Combination, stream: ReturnType<typeof bars>): Combination {
  for (const { members, outcome } of stream) combination.learn(members, outcome);
  return combination;
}

describe('the subgradient of the CRPS', () => {
  const { quantiles } = normalForecast(0.001, 0.02);

  it.each([-0.05, 0.0003, 0.04])('is its slope by each quantile, for the outcome %d', (outcome) => {
    const slopes = crpsSubgradient(quantiles, outcome);
    for (const place of [0, 1, 60, 99, 150, 198]) {
      const moved = quantiles.slice();
      moved[place] += 1e-7;
      const slope = (crpsFromQuantiles(moved, outcome) - crpsFromQuantiles(quantiles, outcome)) / 1e-7;
      expect(slopes[place]).toBeCloseTo(slope, 6);
    }
  });

  it('bounds what another forecast can gain', () => {
    const random = new SeededRandom(8);
    for (let i = 0; i < 100; i++) {
      const other = normalForecast(0.02 * random.normal(), 0.01 + 0.02 * random.uniform()).quantiles;
      const outcome = 0.03 * random.normal();
      const linear = crpsSubgradient(quantiles, outcome).reduce(
        (sum, slope, p) => sum + slope * (quantiles[p] - other[p]),
        0,
      );
      const gain = crpsFromQuantiles(quantiles, outcome) - crpsFromQuantiles(other, outcome);
      expect(gain).toBeLessThanOrEqual(linear + 1e-12);
    }
  });
});

describe('a combination', () => {
  it('by simple average is the preset, before and after', () => {
    const combination = learned(Combination.start('simple_avg', PRESET), bars(50, 1));
    expect(combination.weights).toEqual(PRESET);
    const [{ members }] = bars(1, 2);
    expect(combination.combine(members)).toEqual(averageQuantiles(members, PRESET));
  });

  it('begins with the preset, and turns to the member that is right', () => {
    const combination = Combination.start('calibrated', PRESET);
    expect(combination.weights).toEqual(PRESET);
    learned(combination, bars(300, 1));
    expect(combination.weights[1]).toBeGreaterThan(0.9);
  });

  it('weighs a bar before it has seen it', () => {
    const combination = learned(Combination.start('calibrated', PRESET), bars(20, 1));
    const [{ members, outcome }] = bars(1, 2);
    const before = combination.weights;
    const forecast = combination.combine(members);
    combination.learn(members, outcome);
    expect(forecast).toEqual(averageQuantiles(members, before));
    expect(combination.weights).not.toEqual(before);
  });

  it('learns from linearised losses in units of the expected scale', () => {
    const combination = Combination.start('calibrated', PRESET);
    const twin = new OnlineAggregation(PRESET);
    for (const { members, outcome } of bars(30, 3)) {
      const { quantiles, scale } = averageQuantiles(members, twin.weights);
      const expected = PRESET[0] * members[0].scale + PRESET[1] * members[1].scale;
      const linear = (of: Float64Array) =>
        crpsSubgradient(quantiles, outcome).reduce((sum, slope, p) => sum + slope * of[p], 0);
      expect(scale).toBeGreaterThan(0);
      twin.learn(members.map((member) => (linear(quantiles) - linear(member.quantiles)) / expected));
      combination.learn(members, outcome);
      combination.weights.forEach((weight, m) => {
        expect(weight).toBeCloseTo(twin.weights[m], 12);
      });
    }
  });

  it('does not ask for the unit of returns, nor lets a stormy time count for more', () => {
    const calm = learned(Combination.start('calibrated', PRESET), bars(60, 4));
    const stormy = learned(Combination.start('calibrated', PRESET), bars(60, 4, 8));
    stormy.weights.forEach((weight, m) => {
      expect(weight).toBeCloseTo(calm.weights[m], 10);
    });
  });

  it('reads quantiles off at conformal levels, whichever way it weighs', () => {
    for (const weighting of ['simple_avg', 'calibrated'] as const) {
      // The average of the two is too wide: its levels move inwards.
      const combination = learned(Combination.start(weighting, [0.5, 0.5], 0.01), bars(100, 5));
      const [{ members }] = bars(1, 6);
      const average = averageQuantiles(members, combination.weights);
      const combined = combination.combine(members);
      if (weighting === 'simple_avg') expect(combined.quantiles[9]).toBeGreaterThan(average.quantiles[9]);
      expect(combined).toEqual(combination.levels!.adapt(average));
    }
  });

  it('goes through JSON at any bar and on with the same bits, and a copy goes its own way', () => {
    const whole = learned(Combination.start('calibrated', PRESET, 0.001), bars(40, 7));
    let cut = Combination.start('calibrated', PRESET, 0.001);
    for (const { members, outcome } of bars(40, 7)) {
      cut.learn(members, outcome);
      cut = Combination.from(JSON.parse(JSON.stringify(cut)) as Json);
    }
    expect(cut.toJSON()).toEqual(whole.toJSON());
    const copy = cut.copy();
    learned(copy, bars(5, 8));
    expect(cut.toJSON()).toEqual(whole.toJSON());
    expect(copy.toJSON()).not.toEqual(whole.toJSON());
  });

  it('without a member goes on with what the others and the levels have learned', () => {
    const [three, two] = [
      [0.2, 0.3, 0.5],
      [0.4, 0.6],
    ];
    const widest = (stream: ReturnType<typeof bars>) =>
      stream.map(({ members: [wide, right], outcome }) => ({
        members: [wide, right, normalForecast(0, 5 * right.scale)],
        outcome,
      }));
    for (const weighting of ['simple_avg', 'calibrated'] as const) {
      const whole = learned(Combination.start(weighting, three, 0.01), widest(bars(60, 9)));
      const before = whole.toJSON();
      const rest = whole.without(2);
      const [{ members }] = bars(1, 10);
      const average = averageQuantiles(members, rest.weights);
      expect(rest.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 12);
      expect(rest.levels!.toJSON()).toEqual(whole.levels!.toJSON());
      expect(rest.combine(members)).toEqual(whole.levels!.adapt(average));
      if (weighting === 'simple_avg') expect(rest.weights).toEqual(two);
      else expect(rest.weights[1]).toBeGreaterThan(0.9);
      learned(rest, bars(5, 11));
      expect(whole.toJSON()).toEqual(before);
    }
  });
});
