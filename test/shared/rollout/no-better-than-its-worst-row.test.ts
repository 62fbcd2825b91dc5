import { describe, expect, it } from 'vitest';
import {
  CRITERION_NAMES,
  type CriterionResult,
  type RolloutEvaluation,
  VERDICTS,
  type Verdict,
} from '../../../src/shared/contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../../src/shared/contracts/rollout-evidence.ts';
import { SeededRandom } from '../../../src/shared/numerics/random.ts';
import { sumPairs } from '../../../src/shared/rollout/comparison/sum-pairs.ts';
import { evaluationMarkdown } from '../../../src/shared/rollout/evaluation-markdown.ts';
import { judgeRollout } from '../../../src/shared/rollout/judge-rollout.ts';
import { statusLine } from '../../../src/shared/rollout/status-line.ts';
import {
  divergenceTrigger,
  evidenceOf,
  expectedOf,
  forecastsOf,
  HONEST,
  pairsOf,
  whole,
} from './simulated-evidence.ts';

const rank = (verdict: Verdict) => VERDICTS.indexOf(verdict);
const worst = (rows: readonly CriterionResult[]) =>
  VERDICTS[Math.min(...rows.map(({ verdict }) => rank(verdict)))];
const STATES = ['there', 'late', 'forecast_missing', 'bar_missing'] as const;

/** Evidence with anything in it, some of it no number. */
function randomEvidence(random: SeededRandom): RolloutEvidence {
  const chance = (p: number) => random.uniform() < p;
  const number = (scale: number) => (chance(0.03) ? Number.NaN : scale * random.uniform());
  const sessions = Math.floor(random.uniform() * 14);
  const forecaster = chance(0.5)
    ? HONEST
    : { scale: 0.3 + 2 * random.uniform(), scaleNoise: 0.2, meanError: random.uniform() };
  let pairs = pairsOf(forecaster, {
    sessions,
    symbols: 1 + Math.floor(2 * random.uniform()),
    seed: random.permutation(1000)[0],
  });
  if (chance(0.1))
    pairs = pairs.map((pair) => (chance(0.2) ? { ...pair, realised_return: Number.NaN } : pair));
  const base = evidenceOf(pairs);
  const subject = { kind: 'forecast', code: null, message: 'a | b\n# c', finished_at: null };
  return {
    ...base,
    rollout: {
      ...base.rollout,
      tests: chance(0.2) ? null : { passed: Math.floor(number(3)), failed: chance(0.1) ? 1 : 0 },
    },
    evidence_at: `2026-01-${String(5 + Math.floor(12 * random.uniform())).padStart(2, '0')}T12:00:00+00:00`,
    roles: chance(0.3) ? ['QA'] : [],
    approvals: chance(0.5) ? [{ role: 'QA', actor: 'Ada', approved_at: base.evidence_at }] : [],
    expected: expectedOf(
      forecastsOf(pairs).map((one) =>
        chance(0.01) ? { ...one, state: STATES[random.permutation(4)[0]] } : one,
      ),
      base.symbols,
    ),
    windows: base.windows
      .filter(() => !chance(0.05))
      .map((window) => ({ ...window, divergence: number(0.27), implausible: chance(0.05) })),
    triggers: chance(0.1) ? [divergenceTrigger('S0', 0.26)] : [],
    dead_jobs: chance(0.1)
      ? whole({ id: 1, symbol: null, horizon: null, ensemble: null, ...subject })
      : whole(),
    failed_runs: chance(0.1) ? whole({ id: 'r', ...subject }) : whole(),
    errors: chance(0.1)
      ? whole({ id: 2, source: 's', code: 'c', message: 'm', occurred_at: base.evidence_at })
      : whole(),
    health: {
      captured: chance(0.1) ? {} : base.health.captured,
      now: chance(0.1)
        ? {}
        : { ...base.health.now, forecast_quality: { p95_ms: number(160), n: chance(0.9) ? 40 : 3 } },
    },
    alerts_open: chance(0.2)
      ? whole({ symbol: 'S0', horizon: '1D', level: 'critical', opened_at: base.evidence_at } as const)
      : whole(),
  };
}

const shown = (evidence: RolloutEvidence, evaluation: RolloutEvaluation) =>
  evaluationMarkdown(evidence, evaluation, 'as the database says');

/** What a text says that the stage came to. */
function expectNoBetter(text: string, evaluation: Pick<RolloutEvaluation, 'criteria' | 'triggers'>) {
  expect(text.match(/Decision: .*/g)).toEqual(['Decision: **as the database says**']);
  for (const row of evaluation.criteria) {
    const lines = text.split('\n').filter((line) => line.startsWith(`| ${row.criterion} | `));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`| ${row.criterion} | ${row.verdict} | ${row.n} | `);
  }
  for (const { trigger } of evaluation.triggers) expect(text).toContain(`\n- ${trigger}: `);
}

function expectStatus(line: string, rows: readonly CriterionResult[]) {
  expect(line).toContain(
    `: ${worst(rows)}: ${rows.filter(({ verdict }) => verdict === 'pass').length} of ${rows.length} `,
  );
  for (const { criterion, verdict } of rows) if (verdict !== 'pass') expect(line).toContain(criterion);
}

describe('no summary is better than its worst row', () => {
  it('of random evidence: verdict, status line and Markdown', () => {
    const random = new SeededRandom(20261123);
    const seen = new Set<string>();
    for (let i = 0; i < 60; i++) {
      const evidence = randomEvidence(random);
      const evaluation = judgeRollout(evidence, '0.3.0');
      expect(evaluation.criteria.map(({ criterion }) => criterion)).toEqual(CRITERION_NAMES);
      expect(evaluation.verdict).toBe(worst(evaluation.criteria));
      expectStatus(evaluation.status_line, evaluation.criteria);
      const markdown = shown(evidence, evaluation);
      expect(markdown).toContain(`: ${evaluation.verdict}\n`);
      expectNoBetter(markdown, evaluation);
      // Again, from a copy: the same bits. And JSON can hold it, which has no NaN.
      if (i % 4 === 0) expect(judgeRollout(structuredClone(evidence), '0.3.0')).toEqual(evaluation);
      expect(JSON.parse(JSON.stringify(evaluation))).toEqual(evaluation);
      for (const { criterion, verdict } of evaluation.criteria) seen.add(`${criterion} ${verdict}`);
    }
    // The draws reach what they should: each criterion passes and does not pass.
    for (const name of CRITERION_NAMES) {
      expect([...seen].filter((one) => one.startsWith(`${name} `)).length).toBeGreaterThanOrEqual(2);
      expect(seen).toContain(`${name} pass`);
    }
  });

  it('of random rows, all verdicts in all places', () => {
    const random = new SeededRandom(4);
    for (let i = 0; i < 500; i++) {
      const criteria = CRITERION_NAMES.filter(() => random.uniform() < 0.9).map((criterion) => ({
        criterion,
        verdict: random.uniform() < 0.8 ? 'pass' : VERDICTS[random.permutation(3)[0]],
        n: 1,
        figures: {},
        sentence: 'a | b',
        bars_needed: random.uniform() < 0.5 ? null : 3,
      })) satisfies CriterionResult[];
      if (criteria.length === 0) continue;
      const evidence = evidenceOf([]);
      const { rollout, evidence_at } = evidence;
      const status_line = statusLine(rollout, evidence_at, criteria, []);
      expectStatus(status_line, criteria);
      const verdict = worst(criteria);
      const evaluation = { evidence_at, code_version: '1', verdict, status_line, criteria, triggers: [] };
      expectNoBetter(shown(evidence, evaluation), evaluation);
    }
  });

  it('gets no better when something bad is added', () => {
    const random = new SeededRandom(5);
    const bad: ((evidence: RolloutEvidence) => RolloutEvidence)[] = [
      (e) => ({
        ...e,
        expected: {
          ...e.expected,
          sessions: [
            ...e.expected.sessions,
            ...expectedOf([{ ...forecastsOf(pairsOf())[0], state: 'forecast_missing' }], []).sessions,
          ],
        },
      }),
      (e) => ({
        ...e,
        errors: { ...e.errors, count: e.errors.count + 1 },
      }),
      (e) => ({
        ...e,
        windows: [...e.windows, { ...evidenceOf().windows[0], symbol: 'BAD', divergence: 0.9 }],
        triggers: [...e.triggers, divergenceTrigger('BAD', 0.9)],
      }),
      (e) => ({ ...e, roles: [...e.roles, 'Product'] }),
      (e) => ({ ...e, symbols: [...e.symbols, { symbol: 'NEW', horizons: ['8h'] }] }),
      (e) => ({
        ...e,
        compared: {
          ...e.compared,
          unusable: whole(...e.compared.unusable.latest, {
            symbol: 'S0',
            horizon: '1D',
            data_cutoff: e.evidence_at,
          }),
        },
      }),
    ];
    for (let i = 0; i < 21; i++) {
      const evidence = randomEvidence(random);
      const before = judgeRollout(evidence, '0.3.0');
      const after = judgeRollout(bad[i % bad.length](evidence), '0.3.0');
      before.criteria.forEach((row, place) => {
        expect(rank(after.criteria[place].verdict)).toBeLessThanOrEqual(rank(row.verdict));
      });
      expect(after.verdict).not.toBe('pass');
    }
  });

  it('passes nothing of what is empty or no number', () => {
    const empty = evidenceOf([], { windows: [], symbols: [], health: { captured: {}, now: {} } });
    const nothing = judgeRollout(
      { ...empty, rollout: { ...empty.rollout, tests: null, stage_due_at: 'never' } },
      '1',
    );
    // No error was seen and no role is asked for: that is known.
    expect(
      nothing.criteria.filter(({ verdict }) => verdict !== 'insufficient').map(({ criterion }) => criterion),
    ).toEqual(['errors', 'approvals']);
    const evidence = evidenceOf();
    for (const name of Object.keys(evidence.criteria)) {
      if (name === 'critical_alerts_per_hour' || name === 'rollback_margin') continue;
      const criteria = { ...evidence.criteria, [name]: Number.NaN };
      expect(judgeRollout({ ...evidence, criteria }, '1').verdict, name).not.toBe('pass');
    }
    const unknown = pairsOf().map((pair) => ({ ...pair, realised_return: Number.NaN }));
    const { criteria } = judgeRollout({ ...evidence, compared: sumPairs(unknown) }, '1');
    for (const name of ['rmse', 'crps', 'interval_coverage']) {
      expect(criteria.find(({ criterion }) => criterion === name)!.verdict).toBe('insufficient');
    }
  });

  it('is not broken by what an error says', () => {
    const error = { id: 1, source: 'a', code: 'b', message: 'x', occurred_at: '2026-01-06T00:00:00+00:00' };
    const evidence = evidenceOf(pairsOf(HONEST, { sessions: 1 }), {
      errors: whole({ ...error, source: 'x | pass |\n| tests | pass' }),
    });
    const evaluation = judgeRollout(evidence, '1');
    expectNoBetter(shown(evidence, evaluation), evaluation);
  });
});
