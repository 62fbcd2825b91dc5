import { describe, expect, it } from 'vitest';
import { evaluatedHorizonSchema, horizonSchema } from '../../../src/shared/contracts/names.ts';
import { parse } from '../../../src/shared/contracts/parse.ts';
import {
  EVALUATED_HORIZONS,
  HORIZONS,
  horizonSteps,
  receivedTimeframeOf,
  timeframeOf,
} from '../../../src/shared/series/horizon.ts';

describe('a horizon', () => {
  it('is so many bars of its timeframe long', () => {
    expect(
      EVALUATED_HORIZONS.map((horizon) => [horizon, horizonSteps(horizon), timeframeOf(horizon)]),
    ).toEqual([
      ['1D', 1, '1D'],
      ['4h', 1, '4h'],
      ['8h', 1, '8h'],
      ['5D', 5, '1D'],
      ['20D', 20, '1D'],
    ]);
    expect(EVALUATED_HORIZONS.map(receivedTimeframeOf)).toEqual(['1D', '4h', '4h', '1D', '1D']);
  });

  it('of 5 and 20 sessions is evaluated, and refused wherever it would be scheduled or stored', () => {
    for (const horizon of ['5D', '20D']) {
      expect(evaluatedHorizonSchema.parse(horizon)).toBe(horizon);
      expect(() => parse(horizonSchema, horizon, 'The horizon')).toThrow(
        `only npm run evaluate knows this horizon so far: use ${HORIZONS.join(', ')}, not "${horizon}"`,
      );
    }
  });
});
