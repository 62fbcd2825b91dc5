create or replace function internal.add_forecast_jobs(p_forecasts jsonb, p_via text) returns void
language plpgsql set search_path = ''
as $$
declare
  -- Requests come after all forecasts of the schedule, its evaluations and its bars; reconcile_jobs sees to it that they come at all.
  v_priority constant smallint := case p_via when 'http' then 40
    else (select k.priority from public.job_kinds k where k.kind = 'forecast') end;
  v_open bigint[];
begin
  -- Whoever adds forecasts takes turns, so that of two who ask for the same one the second finds the job of the first.
  perform pg_advisory_xact_lock(hashtext('plumbline.add_forecast_jobs'));
  -- Key by key: of all at once Postgres would read the whole queue while it is short.
  select array_agg(o.id) into v_open
  from jsonb_array_elements(p_forecasts) f
  cross join lateral (
    select j.id from public.jobs j
    where j.forecast_key = f.value ->> 'key' and j.forecast_key is not null and j.status in ('queued', 'running')
    limit 1
  ) o;

  if v_open is not null then
    -- Locked, so that none ends before its run has joined.
    select array_agg(o.id) into v_open
    from (
      select j.id from public.jobs j where j.id = any (v_open) and j.status in ('queued', 'running') order by j.id for no key update
    ) o;
    with joined as materialized (
      -- What the schedule joins becomes its own: its turn, and its failure.
      select j.id, j.run_id as owner, f.run_id as run_id, p_via = 'schedule' and r.requested_via = 'http' as is_taken_over
      from jsonb_to_recordset(p_forecasts) as f(run_id uuid, key text)
      join public.jobs j on j.forecast_key = f.key and j.id = any (v_open)
      join public.runs r on r.id = j.run_id
    ), moved as (
      update public.jobs j
      set priority = least(j.priority, v_priority), run_id = case when x.is_taken_over then x.run_id else j.run_id end
      from joined x
      where j.id = x.id and (x.is_taken_over or j.priority > v_priority)
    )
    insert into public.joined_jobs (run_id, job_id)
    select case when x.is_taken_over then x.owner else x.run_id end, x.id from joined x order by x.id;
  end if;

  insert into public.jobs (run_id, kind, idempotency_key, payload, priority, config_hash, forecast_key)
  select f.run_id, 'forecast', internal.job_key(f.run_id, 'forecast', f.payload ->> 'symbol'), f.payload, v_priority, f.config_hash, f.key
  from rows from (jsonb_to_recordset(p_forecasts) as (run_id uuid, key text, payload jsonb, config_hash text)) with ordinality f(
    run_id, key, payload, config_hash, place)
  where v_open is null or not exists (select from public.jobs j where j.forecast_key = f.key and j.id = any (v_open))
  order by f.place;
end
$$;
comment on function internal.add_forecast_jobs(jsonb, text) is
  'Gives runs their forecasts: [{run_id, key (forecast_key), payload, config_hash (null: the run''s)}], p_via schedule or http. A run joins the '
  'open job of a key, if there is one; with p_via schedule the job of a request becomes the joining run''s, with the schedule''s priority. The '
  'runs'' jobs_total is the caller''s to count.';
revoke execute on function internal.add_forecast_jobs(jsonb, text) from public;
