import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MINIMUM_PART_BARS, rollingWindows } from '../../../src/shared/evaluation/rolling-windows.ts';

const sizes = { train: 1000, validation: 250, test: 250, step: 250 };

describe('rolling windows', () => {
  it('end at the last bar, and lie a step apart', () => {
    const windows = rollingWindows(5105, sizes);
    expect(windows).toHaveLength(15);
    expect(windows.at(-1)).toEqual({
      windowId: 5104,
      trainFrom: 3605,
      validationFrom: 4605,
      testFrom: 4855,
      end: 5105,
    });
    expect(windows.at(-2)?.end).toBe(4855);
  });

  it('are one when the bars are just enough', () => {
    expect(rollingWindows(1500, sizes)).toHaveLength(1);
    expect(rollingWindows(1749, sizes)).toHaveLength(1);
    expect(rollingWindows(1750, sizes)).toHaveLength(2);
  });

  it('lie within the series, in order, whatever the sizes', () => {
    const size = fc.integer({ min: MINIMUM_PART_BARS, max: 80 });
    const stepSize = fc.integer({ min: 1, max: 60 });
    fc.assert(
      fc.property(
        size,
        size,
        size,
        stepSize,
        fc.integer({ min: 0, max: 400 }),
        (train, validation, test, step, more) => {
          const length = train + validation + test + more;
          const windows = rollingWindows(length, { train, validation, test, step });
          expect(windows.at(-1)?.end).toBe(length);
          expect(windows[0].trainFrom).toBeGreaterThanOrEqual(0);
          expect(windows[0].trainFrom).toBeLessThan(step);
          windows.forEach((window, i) => {
            expect(window.validationFrom - window.trainFrom).toBe(train);
            expect(window.testFrom - window.validationFrom).toBe(validation);
            expect(window.end - window.testFrom).toBe(test);
            expect(window.windowId).toBe(window.end - 1);
            if (i > 0) expect(window.end - windows[i - 1].end).toBe(step);
          });
        },
      ),
    );
  });

  it('that do not fit are refused, with the bars there are and the bars needed', () => {
    expect(() => rollingWindows(1499, sizes)).toThrow(
      expect.objectContaining({
        name: 'InvalidInputError',
        code: 'too_few_bars_for_window',
        message: expect.stringMatching(/1499 bars.*needs 1500/),
        details: { have: 1499, need: 1500 },
      }),
    );
  });

  it.each([
    ['train', 0],
    ['validation', -5],
    ['test', 1.5],
    ['step', Number.NaN],
  ])('with a %s of %s are refused', (name, value) => {
    expect(() => rollingWindows(5000, { ...sizes, [name]: value })).toThrow(
      expect.objectContaining({
        code: 'invalid_window_sizes',
        message: expect.stringContaining(`${name} is ${value}`),
      }),
    );
  });
});
