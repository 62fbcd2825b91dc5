import { describe, expect, it } from 'vitest';
import { assessOverfitting } from '../../../src/shared/divergence/assess-overfitting.ts';
import { assessPooled, type PooledWindow } from '../../../src/shared/divergence/pooled-assessment.ts';
import {
  leak,
  type Model,
  meanModel,
  memoriser,
  noChangeModel,
  scaleMemoriser,
  simulatedWindow,
} from './simulated-windows.ts';

/** Windows that lie one after the other, or share nothing but their places. */
function pooled(model: Model, count = 6, shift = 1) {
  const windows: PooledWindow[] = Array.from({ length: count }, (_, w) => ({
    windowId: 1499 + 250 * w,
    scored: simulatedWindow(50 + w, shift, model),
    selectionBias: null,
  }));
  return assessPooled(windows);
}

describe('windows of a symbol together', () => {
  it.each([1, 0.5, 2])('clear what does not overfit, with volatility times %d in test', (shift) => {
    for (const model of [noChangeModel, meanModel]) {
      const found = pooled(model, 6, shift);
      expect(found.verdict).toMatchObject({ isOverfitting: false, reasons: [] });
      expect(found.implausibleSkill).toEqual([]);
    }
  });

  it('find memorisers, and a leak', () => {
    expect(pooled(memoriser).verdict.isOverfitting).toBe(true);
    expect(pooled(scaleMemoriser).verdict.isOverfitting).toBe(true);
    expect(pooled(leak).implausibleSkill).not.toEqual([]);
  });

  it('have the verdict of one window, where there is one', () => {
    const scored = simulatedWindow(9, 1, memoriser);
    const alone = assessPooled([{ windowId: 1249, scored, selectionBias: 0.02 }]);
    const single = assessOverfitting(scored);
    expect(alone.divergence).toEqual(single.divergence);
    expect(alone.fitOptimism).toEqual(single.fitOptimism);
    expect(alone.selectionGap).toEqual(single.selectionGap);
    expect(alone.selectionBias).toBe(0.02);
  });

  it('have a selection bias only where each of them has', () => {
    const scored = simulatedWindow(9, 1, meanModel);
    const windows = [0.01, 0.03, null].map((selectionBias, w) => ({
      windowId: 1249 + 250 * w,
      scored,
      selectionBias,
    }));
    expect(assessPooled(windows).selectionBias).toBeNull();
    expect(assessPooled(windows.slice(0, 2)).selectionBias).toBeCloseTo(0.02, 12);
  });

  it('must be some', () => {
    expect(() => assessPooled([])).toThrow(RangeError);
  });
});
