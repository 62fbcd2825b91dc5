type Sql = import('postgres').Sql | import('postgres').TransactionSql;

const sum = (value: string) => `sum(${value} order by p.symbol_id)`;
const places = (column: string, count: number) =>
  `array[${Array.from({ length: count }, (_, i) => sum(`p.${column}[${i + 1}]`))}]`;
const ofPairs = (value: string) => `coalesce(sum(${value}) filter (where p.baseline_id is not null), 0)`;

/** What is kept of `forecast_pairs`, added up over all of its rows. */
const ADDED_UP = {
  pair_sums_by_series: `
    select p.rollout_id, p.stage, p.symbol_id, p.horizon, count(*), count(p.baseline_id),
      ${ofPairs('p.candidate_error::numeric * p.candidate_error::numeric')},
      ${ofPairs('p.baseline_error::numeric * p.baseline_error::numeric')}, ${ofPairs('p.candidate_crps::numeric')},
      ${ofPairs('p.baseline_crps::numeric')}, count(*) filter (where p.candidate_covered[3])
    from public.forecast_pairs p group by 1, 2, 3, 4`,
  pair_sums_by_origin: `
    select p.rollout_id, p.stage, p.horizon, p.data_cutoff, (min(p.outcome_time) at time zone 'UTC')::date, count(p.scale),
      count(*) - count(p.scale), ${sum('p.candidate_crps / p.scale')}, ${sum('p.baseline_crps / p.scale')},
      ${sum('p.bounded_candidate_crps')}, ${sum('p.bounded_baseline_crps')}, ${places('crps_floors_below', 13)},
      ${places('crps_floors_above', 13)}, ${sum('(p.candidate_error / p.scale) * (p.candidate_error / p.scale)')},
      ${sum('(p.baseline_error / p.scale) * (p.baseline_error / p.scale)')},
      ${sum('(p.bounded_error - p.mean_difference) * (p.bounded_error - p.mean_difference)')},
      ${sum('p.bounded_error * p.bounded_error')}, ${sum('p.mean_difference * p.mean_difference')},
      ${places('squares_floors_below', 6)}, ${places('squares_floors_above', 8)},
      array[${[1, 2, 3, 4].map((level) => `count(p.scale) filter (where p.candidate_covered[${level}])::integer`)}]
    from public.forecast_pairs p where p.compared_at is not null and p.baseline_id is not null group by 1, 2, 3, 4`,
};

/** The rows of what is kept of pairs, and of what all pairs add up to, that the other does not have to the bit; and how many are kept. */
export async function differingSums(
  sql: Sql,
): Promise<{ differing: object[]; series: number; origins: number }> {
  const differing: object[] = [];
  for (const [kept, addedUp] of Object.entries(ADDED_UP)) {
    differing.push(
      ...(await sql.unsafe(`
        (select 'kept' as of, k::text from (table public.${kept} except all ${addedUp}) k)
        union all (select 'added up', a::text from (${addedUp} except all table public.${kept}) a)`)),
    );
  }
  const [{ series, origins }] = await sql`
    select (select count(*) from public.pair_sums_by_series)::integer as series,
      (select count(*) from public.pair_sums_by_origin)::integer as origins`;
  return { differing, series, origins };
}
