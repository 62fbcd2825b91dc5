create or replace function internal.gap_message(p_symbol text, p_timeframe text, p_bar_time timestamptz, p_calendar text) returns text
language sql stable set search_path = ''
as $$
  select format('%s has no %s bar of %s, a session of %s', p_symbol, p_timeframe,
    to_char(p_bar_time at time zone 'UTC', case when p_timeframe = '1D' then 'YYYY-MM-DD' else 'YYYY-MM-DD HH24:MI "UTC"' end), p_calendar)
$$;
comment on function internal.gap_message(text, text, timestamptz, text) is 'A missing bar in words, for bar_gaps.';
revoke execute on function internal.gap_message(text, text, timestamptz, text) from public;
