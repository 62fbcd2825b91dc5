create or replace function internal.schedule_all() returns void
language plpgsql set search_path = ''
as $$
declare
  v_job record;
  v_names text[] := '{}';
  -- Within a statement no other limit can be set. Less than the minute between two ticks, and than the two minutes that hosted allows.
  v_limit constant text := 'set statement_timeout = ''50s''; ';
begin
  for v_job in
    select 'plumbline-' || replace(t.job, '_', '-') as name, t.minutes || ' * * * *' as schedule, v_limit || format('select internal.tick_job(%L)', t.job) as command
    from public.schedule_ticks t
    union all
    -- New York is four or five hours behind UTC. A tick at a minute or an hour that is not the slot's does nothing.
    select 'plumbline-' || replace(s.slot, '_', '-'),
      format('%s %s * * *', array_to_string(array_agg(distinct extract(minute from t.at)::integer), ','),
        array_to_string(array_agg(distinct (extract(hour from t.at)::integer + o.behind) % 24), ',')),
      v_limit || format('select internal.tick_slot(%L)', s.slot)
    from public.schedule_slots s
    cross join lateral (
      select unnest(s.local_times) as at
      union
      select c.close + a.after from unnest(s.after_close) a(after) cross join (values ('16:00'::time), ('13:00')) c(close)
    ) t
    cross join (values (4), (5)) o(behind)
    group by s.slot
  loop
    perform cron.schedule(v_job.name, v_job.schedule, v_job.command);
    v_names := v_names || v_job.name;
  end loop;
  perform cron.unschedule(j.jobname::text) from cron.job j where j.jobname like 'plumbline-%' and j.jobname <> all (v_names);
  perform internal.note_next_due(null, now());
end
$$;
comment on function internal.schedule_all() is
  'Makes or updates the named cron jobs (times are UTC, each slot at both of New York''s offsets) and removes those of ours that are no '
  'more. Each call has 50 seconds. Repeating it changes nothing.';
revoke execute on function internal.schedule_all() from public;
