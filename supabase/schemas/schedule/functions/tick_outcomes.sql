create or replace function internal.tick_outcomes(p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('scored', public.score_outcomes())
$$;
comment on function internal.tick_outcomes(timestamptz) is 'Tick outcomes: scores the forecasts whose bars have come.';
revoke execute on function internal.tick_outcomes(timestamptz) from public;
