-- Alerts on errors: one open row per kind, source and code, which counts, and resolves itself a day after the last.

-- Watched every minute.
create index jobs_dead on public.jobs (finished_at) where status = 'dead';

create table public.error_alerts (
  id bigint generated always as identity primary key,
  kind text not null,
  source text not null,
  code text not null,
  occurrences integer not null,
  first_seen_at timestamptz not null,
  last_seen_at timestamptz not null,
  opened_at timestamptz not null,
  resolved_at timestamptz,
  resolution text,
  constraint error_alerts_kind_known check (kind in ('error', 'dead_job', 'failed_tick', 'failed_slot')),
  constraint error_alerts_occurred check (occurrences > 0 and first_seen_at <= last_seen_at),
  constraint error_alerts_resolved_with_resolution check ((resolved_at is null) = (resolution is null)),
  constraint error_alerts_resolved_after_opening check (resolved_at >= opened_at)
);
comment on table public.error_alerts is
  'Alerts on errors that nobody handled, dead jobs, and ticks and slots that failed: one open row per kind, source and code. What they said '
  'is in errors, jobs, cron_ticks and slot_runs.';
comment on column public.error_alerts.id is 'Order of opening.';
comment on column public.error_alerts.kind is
  'error: a row of errors. dead_job: a job that ended dead. failed_tick: a tick in cron_ticks with an error. failed_slot: a slot that '
  'failed or was missed.';
comment on column public.error_alerts.source is 'The function or cron job; of a dead job its kind; of a slot its name.';
comment on column public.error_alerts.code is 'Its code; tick_failed of a tick; failed or missed of a slot.';
comment on column public.error_alerts.occurrences is 'How many were seen since it was opened, at least: one that commits late may be left out.';
comment on column public.error_alerts.first_seen_at is 'The first of them happened, UTC.';
comment on column public.error_alerts.last_seen_at is 'The last of them happened, UTC.';
comment on column public.error_alerts.opened_at is 'Opened, UTC.';
comment on column public.error_alerts.resolved_at is 'Resolved, UTC; null while open.';
comment on column public.error_alerts.resolution is 'Why it was resolved.';
create unique index error_alerts_one_open on public.error_alerts (kind, source, code) where resolved_at is null;
create index error_alerts_latest on public.error_alerts (kind, source, code, last_seen_at);

alter table public.error_alerts enable row level security;
create policy error_alerts_are_read_by_users on public.error_alerts for select to authenticated using (true);
revoke all on public.error_alerts from anon, authenticated, service_role;
grant select on public.error_alerts to authenticated, service_role;

create function internal.error_sightings(p_since timestamptz, p_until timestamptz)
returns table (kind text, source text, code text, seen_at timestamptz)
language sql stable set search_path = ''
as $$
  select 'error', e.source, e.code, e.occurred_at
  from public.errors e where e.occurred_at > p_since and e.occurred_at <= p_until
  union all
  select 'dead_job', j.kind, coalesce(j.error_code, 'unknown'), j.finished_at
  from public.jobs j where j.status = 'dead' and j.finished_at > p_since and j.finished_at <= p_until
  union all
  select 'failed_tick', t.job, 'tick_failed', t.ticked_at
  from public.cron_ticks t where t.error is not null and t.ticked_at > p_since and t.ticked_at <= p_until
  union all
  select 'failed_slot', r.slot, r.status, r.finished_at
  from public.slot_runs r
  -- By its time, which has an index: no slot is made up for after a day.
  where r.status in ('failed', 'missed') and r.due_at > p_since - interval '1 day' and r.finished_at > p_since and r.finished_at <= p_until
$$;
comment on function internal.error_sightings(timestamptz, timestamptz) is
  'Everything that went wrong unhandled after the first and until the second time: kind, source, code and when.';
revoke execute on function internal.error_sightings(timestamptz, timestamptz) from public;

create function internal.watch_errors(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_opened integer;
  v_seen integer;
  v_resolved integer;
begin
  with written as (
    insert into public.error_alerts as a (kind, source, code, occurrences, first_seen_at, last_seen_at, opened_at)
    select s.kind, s.source, s.code, count(*), min(s.seen_at), max(s.seen_at), p_now
    -- A few minutes ahead: other transactions' times. Further ahead: written before the clock was set back.
    from internal.error_sightings(p_now - interval '24 hours', p_now + interval '10 minutes') s
    where s.seen_at > coalesce((
      select max(k.last_seen_at) from public.error_alerts k where (k.kind, k.source, k.code) = (s.kind, s.source, s.code)), '-infinity')
    group by s.kind, s.source, s.code
    on conflict (kind, source, code) where resolved_at is null do update
      set occurrences = a.occurrences + excluded.occurrences, last_seen_at = excluded.last_seen_at
    returning a.xmax = 0 as is_new
  )
  select count(*) filter (where w.is_new), count(*) filter (where not w.is_new) into v_opened, v_seen from written w;

  update public.error_alerts a
  set resolved_at = greatest(p_now, a.opened_at),
    resolution = format('none for 24 hours; the last of %s was at %s', a.occurrences,
      to_char(a.last_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'))
  where a.resolved_at is null and a.last_seen_at <= p_now - interval '24 hours';
  get diagnostics v_resolved = row_count;
  return jsonb_build_object('opened', v_opened, 'seen_again', v_seen, 'resolved', v_resolved);
end
$$;
comment on function internal.watch_errors(timestamptz) is
  'Opens an alert per kind, source and code of what went wrong in the last 24 hours, counts what happened again, and resolves what did not '
  'for 24 hours; returns how many of each.';
revoke execute on function internal.watch_errors(timestamptz) from public;
