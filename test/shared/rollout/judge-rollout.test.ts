import { describe, expect, it } from 'vitest';
import { CRITERION_NAMES, type CriterionResult } from '../../../src/shared/contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../../src/shared/contracts/rollout-evidence.ts';
import type { ForecastPair } from '../../../src/shared/rollout/comparison/compared-pair.ts';
import { judgeRollout } from '../../../src/shared/rollout/judge-rollout.ts';
import {
  divergenceTrigger,
  evidenceOf,
  expectedOf,
  forecastsOf,
  HONEST,
  pairsOf,
  whole,
} from './simulated-evidence.ts';

const pairs = pairsOf();
const good = evidenceOf(pairs);
const forecasts = forecastsOf(pairs);
/** What is expected when one forecast, candidate's and baseline's in turn, is in another state. */
const butFor = (wanted: number, state: 'late' | 'forecast_missing' | 'bar_missing', of = forecasts) => ({
  expected: expectedOf(
    of.map((one, i) => (i === wanted ? { ...one, state } : one)),
    good.symbols,
  ),
});
const judged = (changes: Partial<RolloutEvidence>, of = pairs) =>
  judgeRollout(evidenceOf(of, changes), '0.3.0');
const row = (name: CriterionResult['criterion'], changes: Partial<RolloutEvidence>, of = pairs) =>
  judged(changes, of).criteria.find(({ criterion }) => criterion === name)!;
const rollout = (changes: Partial<RolloutEvidence['rollout']>) => ({
  rollout: { ...good.rollout, ...changes },
});

describe('the judge', () => {
  it('passes a good candidate with one row for each criterion, in order', () => {
    const evaluation = judged({});
    expect(evaluation.criteria.map(({ criterion }) => criterion)).toEqual(CRITERION_NAMES);
    expect(evaluation.verdict).toBe('pass');
    expect(evaluation.triggers).toEqual([]);
    expect(evaluation.status_line).toBe('canary day 28 of at least 7: pass: 10 of 10 criteria pass');
    expect(evaluation).toMatchObject({ evidence_at: good.evidence_at, code_version: '0.3.0' });
  });

  it('holds a good candidate until there are enough sessions, and says how many', () => {
    const evaluation = judged({}, pairsOf(HONEST, { sessions: 2 }));
    expect(evaluation.verdict).toBe('insufficient');
    for (const name of ['rmse', 'crps', 'interval_coverage', 'forecast_coverage'] as const) {
      const found = evaluation.criteria.find(({ criterion }) => criterion === name)!;
      expect(found.verdict).toBe('insufficient');
      expect(found.n).toBe(2);
      expect(found.bars_needed).toBeGreaterThanOrEqual(3);
    }
  });

  it('judges horizons one by one, and the worst is the criterion', () => {
    const overfit = pairsOf({ scale: 0.5, scaleNoise: 0.2, meanError: 1.5 }, { sessions: 30 }).map(
      (pair) => ({
        ...pair,
        horizon: '8h' as const,
      }),
    );
    const found = row('crps', {}, [...pairsOf(HONEST, { sessions: 30 }), ...overfit]);
    expect(found.verdict).toBe('fail');
    expect(found.sentence).toMatch(
      /^1D: .*not more than 5 % worse .* 8h: .*more than 5 % worse beyond doubt/,
    );
  });
});

describe('criteria', () => {
  it('duration: passes when the stage is due, not a second before', () => {
    const due = good.rollout.stage_due_at;
    expect(row('duration', { evidence_at: due }).verdict).toBe('pass');
    expect(row('duration', { evidence_at: '2026-01-11T11:59:59+00:00' })).toMatchObject({
      verdict: 'insufficient',
      n: 7,
    });
  });

  it('forecast_coverage: fails for one late or missing forecast of the candidate, and names it', () => {
    for (const state of ['late', 'forecast_missing'] as const) {
      const found = row('forecast_coverage', butFor(6, state));
      expect(found.verdict).toBe('fail');
      expect(found.sentence).toContain('S0 1D 2026-01-06');
    }
  });

  it('forecast_coverage: a session whose bar did not come does not count, and holds while it is the latest', () => {
    const without = (wanted: number) => butFor(wanted, 'bar_missing');
    expect(row('forecast_coverage', without(6))).toMatchObject({ verdict: 'pass', n: 19 });
    expect(row('forecast_coverage', without(6)).sentence).toContain(
      'without a bar to forecast from: S0 1D 2026-01-06',
    );
    expect(row('forecast_coverage', without(forecasts.length - 2))).toMatchObject({
      verdict: 'insufficient',
      n: 19,
    });
    const short = pairsOf(HONEST, { sessions: 5 });
    expect(row('forecast_coverage', {}, short).verdict).toBe('pass');
    const hole = butFor(0, 'bar_missing', forecastsOf(short));
    expect(row('forecast_coverage', hole, short)).toMatchObject({
      verdict: 'insufficient',
      bars_needed: 1,
    });
  });

  it('forecast_coverage: tells nothing any more when every symbol has ended', () => {
    const found = row('forecast_coverage', { symbols: [] });
    expect(found).toMatchObject({ verdict: 'insufficient', bars_needed: null });
    expect(found.sentence).toContain('no symbol is left in the rollout: all have ended');
  });

  it('forecast_coverage: the gaps of the baseline lose pairs and are named, but fail nothing', () => {
    const found = row('forecast_coverage', butFor(7, 'late'));
    expect(found.verdict).toBe('pass');
    expect(found.sentence).toContain("pairs lost because the baseline's is not there: S0 1D 2026-01-06");
  });

  it('forecast_coverage: needs the sessions of the setting, and something due for every symbol', () => {
    expect(row('forecast_coverage', {}, pairsOf(HONEST, { sessions: 5 })).verdict).toBe('pass');
    expect(row('forecast_coverage', {}, pairsOf(HONEST, { sessions: 4 }))).toMatchObject({
      verdict: 'insufficient',
      bars_needed: 1,
    });
    const symbols = [...good.symbols, { symbol: 'TSLA', horizons: ['1D' as const] }];
    const found = row('forecast_coverage', { expected: expectedOf(forecasts, symbols) });
    expect(found.verdict).toBe('insufficient');
    expect(found.sentence).toContain('TSLA 1D');
  });

  it('divergence: mean below its limit, none above the largest, none implausible, all known', () => {
    const windows = (...divergences: number[]) => ({
      windows: good.windows.map((window, i) => ({ ...window, divergence: divergences[i] })),
    });
    expect(row('divergence', windows(0.2, 0.1, 0.14)).verdict).toBe('pass');
    expect(row('divergence', windows(0.2, 0.1, 0.15)).verdict).toBe('fail');
    expect(row('divergence', windows(0.25, 0, 0)).verdict).toBe('pass');
    const above = { ...windows(0.251, 0, 0), triggers: [divergenceTrigger('S0', 0.251)] };
    expect(row('divergence', above).verdict).toBe('fail');
    expect(row('divergence', above).sentence).toContain('above 25 %: S0 1D 25.1 %');
    expect(row('divergence', { windows: good.windows.slice(1) }).verdict).toBe('insufficient');
    expect(row('divergence', { windows: [], symbols: [] }).verdict).toBe('insufficient');
    const leak = good.windows.map((window, i) =>
      i === 0 ? { ...window, implausible: true, reasons: ['A leak.'] } : window,
    );
    const found = row('divergence', { windows: leak });
    expect(found.verdict).toBe('fail');
    expect(found.sentence).toContain('S0 1D (A leak.)');
  });

  it('rmse: the difference of equal means is nothing, and passes on the fewest sessions', () => {
    const five = pairsOf(HONEST, { sessions: 5 }).map((pair) => ({
      ...pair,
      candidate: { ...pair.candidate, mean: pair.baseline.mean },
    }));
    expect(row('rmse', {}, five)).toMatchObject({ verdict: 'pass', n: 5 });
    expect(row('rmse', {}, five.slice(0, 12))).toMatchObject({ verdict: 'insufficient', bars_needed: 1 });
  });

  it('rmse and crps: a result that is too good never passes, and fails as a leak once it is beyond doubt', () => {
    const told = pairsOf(HONEST, { sessions: 60 }).map((pair): ForecastPair => {
      const mean = pair.realised_return;
      const quantiles = pair.baseline.quantiles.map(
        (quantile) => mean + 0.1 * (quantile - pair.baseline.mean),
      );
      return { ...pair, candidate: { mean, quantiles } };
    });
    for (const name of ['crps', 'rmse'] as const) {
      for (const sessions of [6, 20]) {
        const found = row(name, {}, told.slice(0, 3 * sessions));
        expect(found).toMatchObject({ verdict: 'insufficient', bars_needed: null });
        expect(found.sentence).toContain('implausible so far');
      }
    }
    const certain = row('crps', {}, told);
    expect(certain.verdict).toBe('fail');
    expect(certain.sentence).toContain('a leak until shown otherwise');
  });

  it('errors: any dead job, failed run or error fails', () => {
    const of = { kind: 'forecast', code: 'x', message: 'y', finished_at: null };
    const dead = { id: 4, symbol: 'S0', horizon: '1D', ensemble: 'candidate', ...of };
    expect(row('errors', { dead_jobs: whole(dead) })).toMatchObject({ verdict: 'fail', n: 1 });
    expect(row('errors', { failed_runs: whole({ id: 'a', ...of }) }).verdict).toBe('fail');
    const error = {
      id: 9,
      source: 'forecast-worker',
      code: 'internal_error',
      message: 'm',
      occurred_at: good.evidence_at,
    };
    const failed = row('errors', { errors: whole(error), set_aside: { platform: 2 } });
    expect(failed.sentence).toContain('error 9 forecast-worker internal_error');
    expect(failed.sentence).toContain('; not held against the candidate: platform 2.');
  });

  it('errors: those that are others’ faults are counted, and pass', () => {
    const aside = { baseline: 1, platform: 2, request: 40 };
    expect(row('errors', { set_aside: aside })).toMatchObject({
      ...{ verdict: 'pass', n: 0, figures: { set_aside: aside } },
      sentence:
        "Since the stage began no failure was the candidate's; not held against the candidate: baseline 1, platform 2, request 40.",
    });
    expect(row('errors', {}).sentence).toBe(
      'Since the stage began no job ended dead, no run failed and no error went unhandled.',
    );
  });

  it('database_health: slower than the ratio fails, but not what nobody notices', () => {
    const health = (before: number, now: number, n = 40) => ({
      health: { captured: { q: { p95_ms: before, n: 40 } }, now: { q: { p95_ms: now, n } } },
    });
    expect(row('database_health', health(100, 150)).verdict).toBe('pass');
    expect(row('database_health', health(100, 151)).verdict).toBe('fail');
    expect(row('database_health', health(2, 20)).verdict).toBe('pass');
    expect(row('database_health', health(2, 20.1)).verdict).toBe('fail');
    expect(row('database_health', health(100, 100, 20)).verdict).toBe('pass');
    expect(row('database_health', health(100, 100, 19)).verdict).toBe('insufficient');
    expect(row('database_health', { health: { captured: {}, now: {} } }).verdict).toBe('insufficient');
    const gone = { captured: { q: { p95_ms: 1, n: 40 } }, now: {} };
    expect(row('database_health', { health: gone }).verdict).toBe('insufficient');
  });

  it('interval_coverage: says how likely narrow intervals would have been seen, and waits until it is likely', () => {
    const none = row('interval_coverage', { symbols: good.symbols }, []);
    expect([none.verdict, none.bars_needed]).toEqual(['insufficient', 9]);
    expect(row('interval_coverage', {}, pairsOf(HONEST, { sessions: none.bars_needed! })).verdict).toBe(
      'pass',
    );
    const oneSymbol = row('interval_coverage', { symbols: good.symbols.slice(0, 1) }, []);
    expect(oneSymbol.bars_needed).toBeGreaterThan(none.bars_needed!);
    const few = row('interval_coverage', {}, pairsOf(HONEST, { sessions: 6 }));
    expect(few.verdict).toBe('insufficient');
    expect(few.sentence).toContain('would be seen with probability 0.');
    expect(row('interval_coverage', {}, pairsOf(HONEST, { sessions: 6 + few.bars_needed! })).verdict).toBe(
      'pass',
    );
    const narrow = pairsOf({ scale: 0.3, scaleNoise: 0, meanError: 0 }, { sessions: 25 });
    expect(row('interval_coverage', {}, narrow).verdict).toBe('fail');
  });

  it('tests: all passed, and some ran', () => {
    expect(row('tests', rollout({ tests: { passed: 1, failed: 0 } })).verdict).toBe('pass');
    expect(row('tests', rollout({ tests: { passed: 900, failed: 1 } })).verdict).toBe('fail');
    expect(row('tests', rollout({ tests: { passed: 0, failed: 0 } })).verdict).toBe('fail');
    expect(row('tests', rollout({ tests: null })).verdict).toBe('insufficient');
  });

  it('approvals: of every role that the setting names, and none where it names none', () => {
    const roles = ['ML', 'QA'];
    const approval = (role: string) => ({ role, actor: 'Ada Byron', approved_at: good.evidence_at });
    expect(row('approvals', {})).toMatchObject({ verdict: 'pass', n: 0 });
    expect(row('approvals', {}).sentence).toContain('No role is asked for');
    expect(row('approvals', { roles, approvals: [approval('ML'), approval('Product')] })).toMatchObject({
      verdict: 'insufficient',
      n: 1,
      figures: { missing: ['QA'] },
    });
    expect(row('approvals', { roles, approvals: roles.map(approval) })).toMatchObject({
      verdict: 'pass',
      n: 2,
    });
  });
});

describe('triggers', () => {
  const triggersOf = (changes: Partial<RolloutEvidence>, of = pairs) => judged(changes, of).triggers;

  it('divergence: what the database found, and nothing of its own', () => {
    const windows = good.windows.map((window, i) => (i === 1 ? { ...window, divergence: 0.3 } : window));
    expect(triggersOf({ windows })).toEqual([]);
    const triggers = [divergenceTrigger('S1', 0.3)];
    const evaluation = judged({ windows, triggers });
    expect(evaluation.triggers).toEqual(triggers);
    expect(evaluation.status_line).toContain('rolls back: divergence S1 1D');
  });

  const OVERFIT = { scale: 0.5, scaleNoise: 0.2, meanError: 1.5 };
  it.each(['rmse', 'crps'] as const)(
    '%s_worse: fires at the session at which the e-value reaches what is asked',
    (score) => {
      const all = pairsOf(OVERFIT, { sessions: 60 });
      const until = (sessions: number) =>
        triggersOf({}, all.slice(0, 3 * sessions)).filter(({ trigger }) => trigger === `${score}_worse`);
      let first = 5;
      while (first < 60 && until(first).length === 0) first++;
      expect(first).toBeLessThan(60);
      const [{ figures, subject }] = until(first);
      expect(subject).toBe('1D');
      // Two tests, of one horizon: 0.05 / 2 each.
      expect(figures.e_needed).toBe(40);
      expect(figures.e_value).toBeGreaterThanOrEqual(40);
      expect(until(first - 1)).toEqual([]);
    },
  );

  it('scores: never for a candidate that is worse, but not by the rollback margin', () => {
    // Twice too wide is 16 % of CRPS; within a margin of 20 % that is no reason, and the means are the same.
    const wide = pairsOf(
      { scale: 2, scaleNoise: 0, meanError: 0 },
      { sessions: 60, baseline: { ...HONEST, meanError: 0 } },
    );
    const criteria = { ...good.criteria, rollback_margin: 0.2 };
    expect(triggersOf({ criteria }, wide)).toEqual([]);
    expect(row('crps', { criteria }, wide).verdict).not.toBe('pass');
  });
});
