create or replace function internal.not_issued_from(p_horizon text, p_bar_time timestamptz) returns boolean
language sql stable set search_path = ''
as $$
  select p_horizon = '8h' and internal.is_half_day((p_bar_time at time zone 'America/New_York')::date)
$$;
comment on function internal.not_issued_from(text, timestamptz) is
  'Whether no forecast over a horizon begins at the end of a bar: from a half day''s close, two half sessions ahead is 1D and not 8h. '
  'Twin: targetTime (src/shared/synthesis/target-time.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.not_issued_from(text, timestamptz) from public;
