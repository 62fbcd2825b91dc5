import { describe, expect, it } from 'vitest';
import { holmAdjusted } from '../../../src/shared/statistical-tests/holm.ts';

describe("Holm's adjustment", () => {
  it("is that of R's p.adjust", () => {
    // p.adjust(c(0.01, 0.04, 0.03, 0.005), method = "holm")
    expect(holmAdjusted([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    // p.adjust(c(0.5, 0.02, 0.6), method = "holm")
    expect(holmAdjusted([0.5, 0.02, 0.6])).toEqual([1, 0.06, 1]);
  });

  it('leaves one test as it is, gives equal ones the same, and of none is none', () => {
    expect(holmAdjusted([0.03])).toEqual([0.03]);
    expect(holmAdjusted([0.02, 0.02, 0.9])).toEqual([0.06, 0.06, 0.9]);
    expect(holmAdjusted([])).toEqual([]);
  });
});
