create or replace function internal.watch_errors(p_now timestamptz default now()) returns jsonb
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
    from internal.error_sightings(p_now - interval '24 hours', internal.clock_bound(p_now)) s
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
