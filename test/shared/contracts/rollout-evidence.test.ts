import { describe, expect, it } from 'vitest';
import { parse } from '../../../src/shared/contracts/parse.ts';
import { rolloutEvidenceSchema } from '../../../src/shared/contracts/rollout-evidence.ts';
import { judgeRollout } from '../../../src/shared/rollout/judge-rollout.ts';
import { evidenceOf } from '../rollout/simulated-evidence.ts';

/** As it comes from the database. */
const sent = () =>
  JSON.parse(
    JSON.stringify(evidenceOf(), (_, value) => (value instanceof Float64Array ? [...value] : value)),
  );

describe('the evidence of a rollout', () => {
  it('is what the judge takes, with the same result', () => {
    const received = parse(rolloutEvidenceSchema, sent(), 'evidence');
    expect(judgeRollout(received, '0.3.0')).toEqual(judgeRollout(evidenceOf(), '0.3.0'));
  });

  it.each([
    ['quantiles that decrease', (e: ReturnType<typeof sent>) => e.pairs[0].candidate.quantiles.reverse()],
    ['a quantile too few', (e: ReturnType<typeof sent>) => e.pairs[0].baseline.quantiles.pop()],
    ['a state that nobody knows', (e: ReturnType<typeof sent>) => (e.expected[0].state = 'perhaps')],
    ['margins in the wrong order', (e: ReturnType<typeof sent>) => (e.criteria.margin = 0.2)],
    ['no windows at all', (e: ReturnType<typeof sent>) => delete e.windows],
    ['a time that is none', (e: ReturnType<typeof sent>) => (e.evidence_at = 'today')],
  ])('is refused with %s', (_, spoil) => {
    const evidence = sent();
    spoil(evidence);
    expect(() => parse(rolloutEvidenceSchema, evidence, 'evidence')).toThrow();
  });
});
