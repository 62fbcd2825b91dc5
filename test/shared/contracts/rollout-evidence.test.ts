import { describe, expect, it } from 'vitest';
import { parse } from '../../../src/shared/contracts/parse.ts';
import { rolloutEvidenceSchema } from '../../../src/shared/contracts/rollout-evidence.ts';
import { judgeRollout } from '../../../src/shared/rollout/judge-rollout.ts';
import { evidenceOf } from '../rollout/simulated-evidence.ts';

/** As it comes from the database. */
const sent = () => JSON.parse(JSON.stringify(evidenceOf()));

const absent = {
  ...{ symbol: 'S0', horizon: '1D', ensemble: 'candidate', session_date: '2026-01-05' },
  ...{ data_cutoff: '2026-01-05T00:00:00Z', deadline: '2026-01-05T22:45:00Z' },
};

describe('the evidence of a rollout', () => {
  it('is what the judge takes, with the same result', () => {
    const received = parse(rolloutEvidenceSchema, sent(), 'evidence');
    expect(judgeRollout(received, '0.3.0')).toEqual(judgeRollout(evidenceOf(), '0.3.0'));
  });

  it.each([
    ['ratios that do not ascend', (e: ReturnType<typeof sent>) => e.compared.ratios.reverse()],
    ['a floor too few', (e: ReturnType<typeof sent>) => e.compared.origins[0].squares.floors_above.pop()],
    ['an origin without pairs', (e: ReturnType<typeof sent>) => (e.compared.origins[0].pairs = 0)],
    [
      'a state that nobody knows',
      (e: ReturnType<typeof sent>) => e.expected.not_there.push({ ...absent, state: 'perhaps' }),
    ],
    ['margins in the wrong order', (e: ReturnType<typeof sent>) => (e.criteria.margin = 0.2)],
    ['no windows at all', (e: ReturnType<typeof sent>) => delete e.windows],
    ['a time that is none', (e: ReturnType<typeof sent>) => (e.evidence_at = 'today')],
  ])('is refused with %s', (_, spoil) => {
    const evidence = sent();
    spoil(evidence);
    expect(() => parse(rolloutEvidenceSchema, evidence, 'evidence')).toThrow();
  });
});
