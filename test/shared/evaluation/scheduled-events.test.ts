import { describe, expect, it } from 'vitest';
import { assessOverfitting } from '../../../src/shared/divergence/assess-overfitting.ts';
import { judgeFit } from '../../../src/shared/divergence/judge-fit.ts';
import type { MemberRegistry } from '../../../src/shared/ensemble/member-registry.ts';
import { informedFhs } from '../../../src/shared/evaluation/benchmarks.ts';
import type { WindowResult } from '../../../src/shared/evaluation/window-result.ts';
import { windowValidation } from '../../../src/shared/evaluation/window-validation.ts';
import { ewma } from '../../../src/shared/models/benchmarks/ewma.ts';
import {
  type FittedForecaster,
  type Forecaster,
  unlimitedBudget,
} from '../../../src/shared/models/forecaster.ts';
import { mapResult } from '../../../src/shared/models/resumable/map-result.ts';
import { withScheduledEvents } from '../../../src/shared/models/scheduled-events/with-scheduled-events.ts';
import { ensembleReport } from '../../../src/shared/report/ensemble-report.ts';
import { scoreFurtherBenchmarks } from '../../../src/shared/report/report-benchmarks.ts';
import { logReturns } from '../../../src/shared/series/log-returns.ts';
import type { Series } from '../../../src/shared/series/series.ts';
import { EVENT_EVERY, simulatedEvents } from '../models/scheduled-events/simulated-events.ts';
import { smallConfiguration } from './small-window.ts';

const window = { windowId: 799, trainFrom: 0, validationFrom: 400, testFrom: 600, end: 800 };
const series = simulatedEvents(4, 800);

/** The member's forecasts, changed by what comes. */
function withForesight(
  member: Forecaster,
  change: (scale: number, comes: number) => { shift: number; factor: number },
): Forecaster {
  return {
    ...member,
    fit: (of, hyperparameters, options) =>
      mapResult(
        member.fit(of, hyperparameters, options),
        (fitted): FittedForecaster => ({
          ...{ name: fitted.name, predict: fitted.predict, toJSON: () => fitted.toJSON() },
          predictRange(of, from, to) {
            const returns = logReturns(of.close);
            return fitted.predictRange(of, from, to).map(({ mean, scale, quantiles }, i) => {
              const { shift, factor } = change(scale, returns[from + i - 1]);
              const centre = mean + shift;
              return {
                mean: centre,
                scale: factor * scale,
                quantiles: quantiles.map((q) => centre + factor * (q - mean)),
              };
            });
          },
        }),
      ),
  };
}

function validate(member: Forecaster, of: Series): WindowResult {
  const registry: MemberRegistry = { ARIMA_GARCH: { forecaster: member, refittedInsideTest: false } };
  const configuration = {
    ...smallConfiguration,
    weights: { ARIMA_GARCH: 1 },
    grids: { ARIMA_GARCH: ewma.grid },
    meanFactors: [1],
  };
  const validation = windowValidation({ series: of, window, configuration, judgeFit, registry });
  validation.step(unlimitedBudget);
  return validation.result();
}

describe('a window whose symbol has events', () => {
  const knowing = withScheduledEvents(ewma);
  const result = validate(knowing, series);

  it('is judged by a benchmark that knows them, and scored beside one that does not', () => {
    const { fhs, eventFhs } = result.test;
    expect(result.scored.test.benchmarkCrps).toEqual(eventFhs!.crps);
    expect(eventFhs!.crps).not.toEqual(fhs.crps);
    expect(result.benchmarks.eventFhs!.test.crps).toBeLessThan(result.benchmarks.fhs.test.crps);
    expect(informedFhs(result.test)).toBe(eventFhs);
    expect(result.test.onEvent!.filter(Boolean)).toHaveLength(8);
    const first = result.test.onEvent!.indexOf(true);
    expect((600 + first) % EVENT_EVERY).toBe(40);
  });

  it('has no implausible skill for knowing them', () => {
    expect(assessOverfitting(result.scored).implausibleSkill).toEqual([]);
  });

  it.each([
    ['the return', () => ({ shift: 0, factor: 1 }), false],
    ['a tenth of the return', (_: number, comes: number) => ({ shift: 0.1 * comes, factor: 1 }), true],
    [
      'the size',
      (scale: number, comes: number) => ({
        shift: 0,
        factor: Math.sqrt(Math.max(0.3, Math.abs(comes) / scale)),
      }),
      true,
    ],
  ] as const)('is implausible for what sees %s beforehand', (_, change, isImplausible) => {
    const { scored } = validate(withForesight(knowing, change), series);
    const found = assessOverfitting(scored);
    expect(found.implausibleSkill.length > 0).toBe(isImplausible);
  });

  it('is reported with both, and with the coverage on the sessions of events; one without events as it was', () => {
    const plain: Series = { ...series, symbol: 'PLAIN', events: undefined };
    const evaluated = (found: WindowResult, of: Series) => ({
      ...{
        result: found,
        assessment: assessOverfitting(found.scored),
        benchmarks: scoreFurtherBenchmarks(of, window),
      },
    });
    const without = validate(knowing, plain);
    expect([without.test.eventFhs, without.test.onEvent, without.benchmarks.eventFhs]).toEqual([
      null,
      null,
      null,
    ]);
    const alone = ensembleReport(smallConfiguration, [evaluated(without, plain)]);
    expect(Object.keys(alone.pooled.models)).not.toContain('fhs_events');
    const both = ensembleReport(smallConfiguration, [evaluated(without, plain), evaluated(result, series)]);
    expect(both.symbols[0].models.fhs_events).toEqual(both.symbols[0].models.fhs);
    const { fhs, fhs_events, ensemble } = both.symbols[1].models;
    expect(fhs_events.crps_ratio).toBeLessThan(fhs.crps_ratio);
    expect(ensemble.crps_ratio).toBeCloseTo(ensemble.crps / fhs.crps, 12);
    const ninety = (of: typeof fhs) => of.coverage.find(({ level }) => level === 0.9)!.on_events!;
    expect(ninety(fhs_events)).toBeGreaterThan(ninety(fhs));
  });
});
