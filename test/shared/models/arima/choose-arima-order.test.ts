import { describe, expect, it } from 'vitest';
import { ARMA_GRID, chooseArimaOrder } from '../../../../src/shared/models/arima/choose-arima-order.ts';
import { fitArima } from '../../../../src/shared/models/arima/fit-arima.ts';
import { cumulated, noise, simulated } from './simulated-arma.ts';

/** The mean's orders of `ARIMA_GARCH`. */
const SMALL_GRID = ARMA_GRID.filter(({ p, q }) => p < 2 && q < 2);

describe('the choice of an order', () => {
  it('fits all of the grid, and describes the one chosen as a fit alone does', () => {
    const y = simulated(21, 1000, [1.1, -0.5], []);
    const { fit, candidates } = chooseArimaOrder(y);
    expect(candidates.map(({ p, q }) => ({ p, q }))).toEqual(ARMA_GRID);
    expect(fit).toEqual(fitArima(y, fit.order));
    expect(candidates.find(({ p, q }) => p === fit.order.p && q === fit.order.q)!.aicc).toBe(fit.aicc);
    expect(fit.order).toEqual({ p: 2, d: 0, q: 0 });
  });

  it('asks of each further coefficient that it lowers AICc by more than 2', () => {
    const chosen = new Set<string>();
    for (let seed = 1; seed <= 12; seed++) {
      const { fit, candidates } = chooseArimaOrder(simulated(seed, 200, [0.15], []), SMALL_GRID);
      const { p, q } = fit.order;
      for (const other of candidates) {
        const further = other.p + other.q - p - q;
        expect(fit.aicc).toBeLessThanOrEqual(other.aicc! + 2 * further);
      }
      chosen.add(`${p}, ${q}`);
    }
    expect(chosen.size).toBeGreaterThan(1);
  });

  it('finds nothing in white noise, and an ARMA(1, 1) where there is one', () => {
    let nothing = 0;
    for (let seed = 0; seed < 30; seed++) {
      const { order } = chooseArimaOrder(noise(1000 + seed, 500), SMALL_GRID).fit;
      if (order.p === 0 && order.q === 0) nothing++;
    }
    expect(nothing).toBeGreaterThanOrEqual(26);
    for (let seed = 1; seed <= 5; seed++) {
      expect(chooseArimaOrder(simulated(seed, 1000, [0.9], [-0.6]), SMALL_GRID).fit.order).toEqual({
        p: 1,
        d: 0,
        q: 1,
      });
    }
  });

  it('takes the earlier order when equal, and differences as told', () => {
    const y = cumulated(noise(5, 200));
    const grid = [
      { p: 0, q: 0 },
      { p: 0, q: 0 },
      { p: 0, q: 1 },
    ];
    const { fit, candidates } = chooseArimaOrder(y, grid, { d: 1, constant: true });
    expect(fit.order).toEqual({ p: 0, d: 1, q: 0 });
    expect(fit.constant).not.toBeNull();
    expect(candidates).toHaveLength(3);
    expect(candidates[0]).toEqual(candidates[1]);
  });

  it('refuses an empty grid', () => {
    expect(() => chooseArimaOrder(noise(1, 50), [])).toThrow(
      expect.objectContaining({ code: 'invalid_hyperparameters' }),
    );
  });
});
