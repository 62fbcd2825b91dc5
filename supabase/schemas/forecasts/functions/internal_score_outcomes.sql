create or replace function internal.score_outcomes() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + interval '1.4 seconds';
  v_taken integer;
  v_scored integer;
  v_total integer := 0;
begin
  -- Two at once would score the same twice over.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.score_outcomes')) then
    return 0;
  end if;
  -- Until nothing is due, or its time is over: the next tick goes on.
  loop
    select b.taken, b.scored into v_taken, v_scored from internal.score_due_outcomes(100) b;
    v_total := v_total + v_scored;
    exit when v_taken = 0 or clock_timestamp() > v_until;
  end loop;
  return v_total;
end
$$;
comment on function internal.score_outcomes() is
  'Scores forecasts whose outcome bar is there and was not scored in its stored version, for a second and a half at most; returns how many. '
  'What is left stays in outcomes_due. Repeating it changes nothing; 0 while another is at it.';
revoke execute on function internal.score_outcomes() from public;
