create or replace function internal.plan_round(p_task text, p_plan text, p_seconds double precision) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_until timestamptz := clock_timestamp() + make_interval(secs => p_seconds);
  v_after bigint := 0;
  v_total integer := 0;
  v_planned integer := 0;
  v_symbol_ids bigint[];
  v_count integer;
begin
  -- Two at once would both see the same work as missing; the second has nothing to wait for.
  if not pg_try_advisory_xact_lock(hashtext('plumbline.plan_work')) then
    return jsonb_build_object('planned', 0, 'total', 0, 'more', true);
  end if;
  select r.after_symbol_id, r.planned into v_after, v_total from public.planning_rounds r where r.task = p_task;
  v_after := coalesce(v_after, 0);
  loop
    select array_agg(n.id) into v_symbol_ids
    from (select s.id from public.symbols s where s.active and s.id > v_after order by s.id limit 100) n;
    exit when v_symbol_ids is null or clock_timestamp() > v_until;
    execute format('select internal.%s', p_plan) into v_count using v_symbol_ids;
    v_planned := v_planned + v_count;
    v_after := v_symbol_ids[cardinality(v_symbol_ids)];
  end loop;
  v_total := coalesce(v_total, 0) + v_planned;
  if v_symbol_ids is null then
    -- With what a slot left that nobody went on with.
    delete from public.planning_rounds r where r.task = p_task or r.began_at < now() - interval '2 days';
  else
    insert into public.planning_rounds as r (task, after_symbol_id, planned) values (p_task, v_after, v_total)
    on conflict (task) do update set after_symbol_id = excluded.after_symbol_id, planned = excluded.planned;
  end if;
  return jsonb_build_object('planned', v_planned, 'total', v_total, 'more', v_symbol_ids is not null);
end
$$;
comment on function internal.plan_round(text, text, double precision) is
  'Plans for the active symbols in their order, a hundred at a time, for p_seconds; the next call with the same p_task goes on where this one '
  'stopped. p_plan is the call of a function of schema internal, $1 the symbols'' ids, that returns how many it planned. Returns {planned, '
  'total (of the round so far), more}; more is also true when another planner is at work.';
revoke execute on function internal.plan_round(text, text, double precision) from public;
