create or replace function internal.tick_continue(p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  -- What begins by then takes one and a half seconds at most.
  v_until timestamptz := clock_timestamp() + interval '0.3 seconds';
  v_run record;
  v_result jsonb := '{}';
  v_restated bigint[];
begin
  for v_run in
    select r.slot, r.slot_date, r.local_time, r.made_up
    from public.slot_runs r
    where r.status = 'unfinished' and r.due_at > p_now - interval '1 day'
    order by r.due_at, r.slot
  loop
    v_result := v_result || jsonb_build_object(format('%s %s %s', v_run.slot, v_run.slot_date, to_char(v_run.local_time, 'HH24:MI')),
      internal.run_slot(v_run.slot, v_run.slot_date, v_run.local_time, p_now, v_run.made_up));
    exit when clock_timestamp() > v_until;
  end loop;
  if v_result = '{}' and exists (select from public.planning_rounds r where r.task in ('forecasts', 'validations')) then
    v_result := jsonb_build_object('plan', internal.tick_plan(p_now));
  end if;
  -- Restated bars whose forecasts could not be planned with them; what these minutes miss tick plan finds.
  select array_agg(r.symbol_id) into v_restated
  from (
    select distinct b.symbol_id from public.bar_series b
    join public.symbols s on s.id = b.symbol_id and s.active
    where b.restated_to is not null and b.restated_at > p_now - interval '5 minutes'
    limit 500
  ) r;
  if v_restated is not null then
    v_result := v_result || jsonb_build_object('restated', internal.plan_restated(v_restated));
  end if;
  return v_result;
end
$$;
comment on function internal.tick_continue(timestamptz) is
  'Tick continue: goes on with the slots that are unfinished, or begins those whose tick did not come, in their order, for a third of a second and what '
  'began in it; without any, goes on with a plan that is unfinished. Plans forecasts of '
  'symbols whose bars were restated in the last five minutes, where that was not done at once. Returns what became of each.';
revoke execute on function internal.tick_continue(timestamptz) from public;
