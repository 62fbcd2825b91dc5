import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OnlineAggregation } from '../../../src/shared/calibration/online-aggregation.ts';
import type { Json } from '../../../src/shared/json.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';

const PRIOR = [0.4, 0.3, 0.3];

/** The published recursion, computed anew from every bar so far. */
function slowWeights(prior: readonly number[], history: readonly (readonly number[])[]): number[] {
  const shares = prior.map((weight, k) => {
    let regret = 0;
    let rate = 0;
    for (let t = 1; t <= history.length; t++) {
      const past = history.slice(0, t).map((advantages) => advantages[k]);
      const largest = Math.max(...past.map(Math.abs));
      const squares = past.reduce((sum, r) => sum + r ** 2, 0);
      rate = Math.min(1 / (2 * largest), Math.sqrt(Math.log(prior.length) / squares));
      regret += 0.5 * (past[t - 1] - rate * past[t - 1] ** 2);
    }
    return weight * Math.exp(rate * regret);
  });
  const total = shares.reduce((sum, share) => sum + share, 0);
  return shares.map((share) => share / total);
}

/** Advantages of experts over their aggregate, whose losses are linear: the aggregate's is their weighted mean. */
function learnLosses(aggregation: OnlineAggregation, losses: readonly number[]): number {
  const aggregate = losses.reduce((sum, loss, k) => sum + aggregation.weights[k] * loss, 0);
  aggregation.learn(losses.map((loss) => aggregate - loss));
  return aggregate;
}

const streams = fc.array(
  fc.tuple(...PRIOR.map(() => fc.integer({ min: -300, max: 300 }).map((hundredths) => hundredths / 100))),
  { minLength: 1, maxLength: 40 },
);

describe('Bernstein online aggregation', () => {
  it('has the weights of its slow twin', () => {
    const random = new SeededRandom(3);
    const aggregation = new OnlineAggregation(PRIOR);
    const history: number[][] = [];
    for (let t = 0; t < 60; t++) {
      const advantages = PRIOR.map((_, k) => 0.3 * random.normal() + 0.02 * k);
      aggregation.learn(advantages);
      history.push(advantages);
      slowWeights(PRIOR, history).forEach((weight, k) => {
        expect(aggregation.weights[k]).toBeCloseTo(weight, 12);
      });
    }
    expect(aggregation.samples).toBe(60);
  });

  it('begins with the prior', () => {
    expect(new OnlineAggregation(PRIOR).weights).toEqual(PRIOR);
  });

  it('keeps the prior, to the bit, while experts do not differ', () => {
    const aggregation = new OnlineAggregation(PRIOR);
    for (let t = 0; t < 100; t++) learnLosses(aggregation, [0.5, 0.5, 0.5]);
    expect(aggregation.weights).toEqual(PRIOR);
  });

  it('keeps near the prior, on average, where experts are equally good', () => {
    const mean = [0, 0, 0];
    for (let seed = 1; seed <= 200; seed++) {
      const random = new SeededRandom(seed);
      const aggregation = new OnlineAggregation(PRIOR);
      for (let t = 0; t < 250; t++)
        learnLosses(
          aggregation,
          [0, 0, 0].map(() => 0.1 * random.normal()),
        );
      aggregation.weights.forEach((weight, k) => {
        mean[k] += weight / 200;
      });
    }
    mean.forEach((weight, k) => {
      expect(Math.abs(weight - PRIOR[k])).toBeLessThan(0.05);
    });
  });

  it.each([0, 1, 2])('gives nearly all to expert %i when it is always better', (best) => {
    const aggregation = new OnlineAggregation(PRIOR);
    for (let t = 0; t < 500; t++)
      learnLosses(
        aggregation,
        PRIOR.map((_, k) => (k === best ? 0.4 : 0.5)),
      );
    expect(aggregation.weights[best]).toBeGreaterThan(0.99);
  });

  it('turns to another expert when that one becomes better', () => {
    const aggregation = new OnlineAggregation([0.5, 0.5]);
    for (let t = 0; t < 100; t++) learnLosses(aggregation, [0.4, 0.5]);
    expect(aggregation.weights[0]).toBeGreaterThan(0.9);
    for (let t = 0; t < 400; t++) learnLosses(aggregation, [0.5, 0.4]);
    expect(aggregation.weights[1]).toBeGreaterThan(0.9);
  });

  it('loses little against every expert, whatever comes', () => {
    fc.assert(
      fc.property(streams, (stream) => {
        const aggregation = new OnlineAggregation(PRIOR);
        const regret = [0, 0, 0];
        const squares = [0, 0, 0];
        let largest = 0;
        for (const losses of stream) {
          const aggregate = learnLosses(aggregation, losses);
          losses.forEach((loss, k) => {
            regret[k] += aggregate - loss;
            squares[k] += (aggregate - loss) ** 2;
            largest = Math.max(largest, Math.abs(aggregate - loss));
          });
        }
        regret.forEach((value, k) => {
          // The shape of Wintenberger's bound (theorem 3.3), with constants that no stream has been seen to reach.
          expect(value).toBeLessThan(3 * Math.sqrt(squares[k] * Math.log(3)) + 8 * largest + 1e-12);
        });
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  it('gives weights that are none below 0, sum to 1 and are numbers', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 3, maxLength: 3 })),
        (stream) => {
          const aggregation = new OnlineAggregation(PRIOR);
          for (const advantages of stream) {
            aggregation.learn(advantages);
            expect(aggregation.weights.every((weight) => weight >= 0 && weight <= 1 + 1e-12)).toBe(true);
            expect(aggregation.weights.reduce((sum, weight) => sum + weight, 0)).toBeCloseTo(1, 9);
          }
        },
      ),
      { seed: 2 },
    );
  });

  it('does not ask for the unit of losses', () => {
    fc.assert(
      fc.property(streams, fc.constantFrom(2 ** -20, 0.25, 1024), (stream, unit) => {
        const one = new OnlineAggregation(PRIOR);
        const other = new OnlineAggregation(PRIOR);
        for (const advantages of stream) {
          one.learn(advantages);
          other.learn(advantages.map((value) => unit * value));
        }
        other.weights.forEach((weight, k) => {
          expect(weight).toBeCloseTo(one.weights[k], 10);
        });
      }),
      { seed: 3 },
    );
  });

  it('goes through JSON at any bar, and on with the same bits', () => {
    const random = new SeededRandom(5);
    let aggregation = new OnlineAggregation(PRIOR);
    const whole = new OnlineAggregation(PRIOR);
    for (let t = 0; t < 50; t++) {
      const advantages = PRIOR.map(() => random.normal());
      whole.learn(advantages);
      aggregation.learn(advantages);
      aggregation = OnlineAggregation.from(JSON.parse(JSON.stringify(aggregation)) as Json);
      expect(aggregation.weights).toEqual(whole.weights);
      expect(aggregation.toJSON()).toEqual(whole.toJSON());
    }
  });

  describe('without one of its experts', () => {
    const random = new SeededRandom(9);
    const history = Array.from({ length: 40 }, () => PRIOR.map((_, k) => 0.3 * random.normal() + 0.02 * k));
    const learned = () => {
      const aggregation = new OnlineAggregation(PRIOR);
      for (const advantages of history) aggregation.learn(advantages);
      return aggregation;
    };

    it.each([0, 1, 2])('(%i) weighs the others by what each of them has learned', (gone) => {
      const whole = learned();
      const rest = whole.without(gone);
      const left = [0, 1, 2].filter((k) => k !== gone);
      // Regrets keep the rates they were made at; from now on the rates are those of two experts.
      const shares = left.map((k) => {
        let regret = 0;
        let largest = 0;
        let squares = 0;
        for (const { [k]: r } of history) {
          largest = Math.max(largest, Math.abs(r));
          squares += r ** 2;
          const rate = Math.min(1 / (2 * largest), Math.sqrt(Math.log(3) / squares));
          regret += 0.5 * (r - rate * r ** 2);
        }
        return PRIOR[k] * Math.exp(Math.min(1 / (2 * largest), Math.sqrt(Math.log(2) / squares)) * regret);
      });
      const total = shares[0] + shares[1];
      expect(rest.weights).toHaveLength(2);
      rest.weights.forEach((weight, k) => {
        expect(weight).toBeCloseTo(shares[k] / total, 12);
      });
      expect(rest.samples).toBe(40);
    });

    it('goes on learning by itself, and leaves the whole as it was', () => {
      const whole = learned();
      const before = whole.toJSON();
      const rest = whole.without(2);
      const weights = rest.weights;
      rest.learn([0.4, -0.4]);
      expect(rest.weights[0]).toBeGreaterThan(weights[0]);
      expect(whole.toJSON()).toEqual(before);
    });

    it('has the priors of the others, renormalised, before anything is learned', () => {
      const rest = new OnlineAggregation(PRIOR).without(1);
      expect(rest.weights).toEqual([0.4 / 0.7, 0.3 / 0.7]);
    });

    it('leaves everything to the last one', () => {
      expect(learned().without(0).without(0).weights).toEqual([1]);
    });
  });

  it('of one expert has nothing to choose', () => {
    const aggregation = new OnlineAggregation([1]);
    aggregation.learn([0.3]);
    expect(aggregation.weights).toEqual([1]);
  });

  it.each([[[1, 2]], [[1, 2, Number.NaN]], [[1, 2, Number.POSITIVE_INFINITY]]])(
    'refuses the losses %j of three experts',
    (advantages) => {
      expect(() => new OnlineAggregation(PRIOR).learn(advantages)).toThrow(/3 experts/);
    },
  );

  it.each([[null], [{ samples: 1, state: '' }], [{ samples: 0.5, state: 'AAAAAAAA' }]] as Json[][])(
    'refuses %j as its state',
    (state) => {
      expect(() => OnlineAggregation.from(state)).toThrow(RangeError);
    },
  );
});
