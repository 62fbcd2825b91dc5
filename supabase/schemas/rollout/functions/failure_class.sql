create or replace function internal.failure_class(p_kind text, p_source text, p_code text, p_about jsonb) returns text
language sql immutable set search_path = ''
as $$
  select case
    when p_about ->> 'requested_via' = 'http' or p_kind = 'error' and p_source = 'forecast' then 'request'
    -- Busy, shutting down, out of resources, disconnected, or not reached: SQLSTATEs by class, and ours.
    when coalesce(p_about ->> 'sqlstate', p_code) ~ '^(08|40|53|55|57|58|XX)[0-9A-Z]{3}$'
      or p_code in ('store_busy', 'store_unreachable', 'store_unavailable') then 'platform'
    when p_kind = 'error' then case
      when p_source in ('cron.watch_rollout', 'cron.evaluate_rollout') then 'judge'
      -- A function that has another code was refused by what it called.
      when p_code <> 'internal_error' then 'platform'
      when p_source = 'forecast-worker' then 'candidate'
      when p_source in ('rollout', 'check-divergence') then 'judge'
      else 'platform' end
    when p_source in ('evaluate_rollout', 'check_divergence') then 'judge'
    when p_source = 'ingest' then 'bars'
    when p_about ->> 'ensemble' = 'baseline' then 'baseline'
    when p_code in ('too_few_bars', 'too_few_bars_for_window', 'too_short_span', 'constant_series', 'repeated_prices', 'implausible_price',
      'too_many_gaps', 'inconsistent_bar', 'invalid_date', 'duplicate_date', 'disordered_date', 'weekly_bars', 'monthly_bars', 'sparse_bars',
      'shifted_dates', 'other_calendar', 'not_a_half_session', 'half_sessions_are_new_yorks', 'repeated_rows', 'swapped_columns') then 'bars'
    else 'candidate'
  end
$$;
comment on function internal.failure_class(text, text, text, jsonb) is
  'Whose fault a failure is, for the rollout that runs: candidate, judge, bars, baseline, platform or request (docs/rollout.md has the table). '
  'Kind, source and code as error_sightings has them; about: details of an error, ensemble and requested_via of a job. The one place of this rule.';
revoke execute on function internal.failure_class(text, text, text, jsonb) from public;
