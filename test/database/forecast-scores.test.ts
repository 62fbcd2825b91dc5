import type postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { averageQuantiles } from '../../src/shared/ensemble/average-quantiles.ts';
import { SeededRandom } from '../../src/shared/numerics/random.ts';
import { intervalPlaces } from '../../src/shared/scores/coverage.ts';
import { crpsFromQuantiles } from '../../src/shared/scores/crps.ts';
import { logScoreFromQuantiles } from '../../src/shared/scores/log-score-quantiles.ts';
import { normalForecast } from '../shared/ensemble/stand-in-members.ts';
import { probabilityIntegralTransform } from '../support/probability-integral-transform.ts';
import { ownerConnection } from './support/own-database.ts';

let sql: postgres.Sql;
beforeAll(() => {
  sql = ownerConnection();
});
afterAll(() => sql.end());

/** CRPS of quantiles `q` and an outcome `o` as a query adds it up, level by level and then the tails. */
const addedUp = (sql: postgres.Sql) => sql`(
  select 2 * sum(l.weight * case when o >= l.quantile then l.level * (o - l.quantile) else (l.level - 1) * (o - l.quantile) end order by l.place)
  from (
    select u.place, u.place / 200.0::double precision as level, 0.005::double precision as weight, u.quantile
    from unnest(q) with ordinality u(quantile, place)
    union all values (200, 0.00125::double precision, 0.0025::double precision, q[1]), (201, 0.99875, 0.0025, q[199])
  ) l
)`;

describe('a score in SQL', () => {
  it('is that of the core to 1e-12: CRPS, log score, PIT and coverage', async () => {
    const random = new SeededRandom(5);
    for (let i = 0; i < 60; i++) {
      const scale = 0.005 + 0.03 * random.uniform();
      const forecasts = [normalForecast(0.02 * random.normal(), scale), normalForecast(0, 2 * scale)];
      const { quantiles } = averageQuantiles(forecasts, [0.5, 0.5]);
      // Some quantiles that coincide, and outcomes within, beyond and at them.
      if (i % 3 === 0) quantiles.fill(quantiles[90], 90, 110);
      const outcome = i % 6 === 0 ? quantiles[90] : i % 7 === 0 ? quantiles[33] : 3 * scale * random.normal();
      const [found] = await sql`
        select internal.crps(q, o) as crps, internal.log_score(q, o) as log_score, internal.pit(q, o) as pit,
          internal.is_covered(q, o, 50) as c50, internal.is_covered(q, o, 95) as c95, ${addedUp(sql)} as crps_added_up
        from (select ${[...quantiles]}::double precision[] as q, ${outcome}::double precision as o) x`;
      expect(found.crps).toBeCloseTo(crpsFromQuantiles(quantiles, outcome), 12);
      // To the bit: outcomes scored anew keep their scores.
      expect(found.crps).toBe(found.crps_added_up);
      expect(found.log_score).toBeCloseTo(logScoreFromQuantiles(quantiles, outcome), 12);
      expect(found.pit).toBeCloseTo(probabilityIntegralTransform(quantiles, outcome), 12);
      for (const [level, covered] of [
        [0.5, found.c50],
        [0.95, found.c95],
      ] as const) {
        const { lower, upper } = intervalPlaces(level);
        expect(covered).toBe(quantiles[lower] <= outcome && outcome <= quantiles[upper]);
      }
    }
  });
});
