import type { CriterionResult, Verdict } from '../../contracts/rollout-evaluation.ts';
import type { RolloutEvidence } from '../../contracts/rollout-evidence.ts';
import { counted } from '../../wording/counted.ts';
import { figure, listed, sentenceOf } from '../wording.ts';
import { worstVerdict } from '../worst-verdict.ts';

/** A 95th percentile of fewer timings is the slowest of them or nearly so. */
const FEWEST_TIMINGS = 20;
/**
 * Milliseconds below which a query is not called slower, whatever the ratio: where two milliseconds become four, the scheduler of a busy
 * machine is what was measured, and nobody who waits for the answer notices.
 */
const NOT_SLOW = 20;

/** The 95th percentile of every query that deploy timed is at most the setting's multiple of what it was. `n` is queries. */
export function judgeDatabaseHealth({ health, criteria }: RolloutEvidence): CriterionResult {
  const names = Object.keys(health.captured).sort();
  const rows = names.map((query) => {
    const before = health.captured[query];
    const now = health.now[query] ?? null;
    const limit = Math.max(NOT_SLOW, criteria.health_ratio * before.p95_ms);
    return { query, before, now, limit, verdict: verdictOf(before, now, limit) };
  });
  const verdict = worstVerdict(rows.map((row) => row.verdict));
  const named = (wanted: Verdict) => rows.filter((row) => row.verdict === wanted);
  const slow = named('fail').map(
    ({ query, before, now, limit }) =>
      `${query} ${shown(now?.p95_ms)} ms (was ${shown(before.p95_ms)}, at most ${shown(limit)})`,
  );
  const unknown = named('insufficient').map(
    ({ query, before, now }) => `${query} (${before.n} timed before, ${now?.n ?? 0} now)`,
  );
  const parts: string[] = [];
  if (rows.length === 0) parts.push('deploy captured no duration to compare with');
  else {
    parts.push(
      `the p95 of ${named('pass').length} of ${counted(rows.length, 'query', 'queries')} is at most ${criteria.health_ratio} x what it was before, or below ${NOT_SLOW} ms`,
    );
  }
  if (slow.length > 0) parts.push(`slower: ${listed(slow)}`);
  if (unknown.length > 0) parts.push(`fewer than ${FEWEST_TIMINGS} timings: ${listed(unknown)}`);
  return {
    criterion: 'database_health',
    verdict,
    n: rows.length,
    figures: {
      health_ratio: criteria.health_ratio,
      not_slow_below_ms: NOT_SLOW,
      queries: rows.map(({ query, before, now, verdict: ofQuery }) => ({
        query,
        verdict: ofQuery,
        captured_p95_ms: figure(before.p95_ms),
        captured_n: before.n,
        p95_ms: figure(now?.p95_ms),
        n: now?.n ?? 0,
      })),
    },
    sentence: sentenceOf(parts),
    bars_needed: null,
  };
}

type Timing = RolloutEvidence['health']['now'][string];

function verdictOf(before: Timing, now: Timing | null, limit: number): Verdict {
  if (now === null || !(before.n >= FEWEST_TIMINGS) || !(now.n >= FEWEST_TIMINGS)) return 'insufficient';
  if (!Number.isFinite(before.p95_ms) || !Number.isFinite(now.p95_ms)) return 'insufficient';
  return now.p95_ms <= limit ? 'pass' : 'fail';
}

function shown(milliseconds: number | undefined): string {
  return milliseconds === undefined ? 'no' : String(Number(milliseconds.toPrecision(3)));
}
