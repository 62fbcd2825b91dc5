create or replace function internal.slot_score(p_date date, p_time time, p_now timestamptz) returns jsonb
language sql set search_path = ''
as $$
  select jsonb_build_object('scored', internal.score_outcomes())
$$;
comment on function internal.slot_score(date, time, timestamptz) is 'Slot score: scores the forecasts whose bars have come.';
revoke execute on function internal.slot_score(date, time, timestamptz) from public;
