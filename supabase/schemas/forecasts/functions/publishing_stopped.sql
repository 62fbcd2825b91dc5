create or replace function internal.publishing_stopped(p_from timestamptz, p_until timestamptz) returns boolean
language sql stable set search_path = ''
as $$
  with switches as (
    select e.id, e.happened_at, e.kind from public.rollout_events e where e.kind in ('kill_switch_on', 'kill_switch_off')
  )
  select exists (select from switches s where s.kind = 'kill_switch_on' and s.happened_at > p_from and s.happened_at <= p_until)
    or coalesce(
      (select s.kind = 'kill_switch_on' from switches s where s.happened_at <= p_from order by s.id desc limit 1),
      (select s.kind = 'kill_switch_off' from switches s where s.happened_at > p_from order by s.id limit 1),
      internal.setting('publishing_enabled') <> 'true')
$$;
comment on function internal.publishing_stopped(timestamptz, timestamptz) is
  'Whether the kill switch was on at some moment between two, by its events: nothing was planned then.';
revoke execute on function internal.publishing_stopped(timestamptz, timestamptz) from public;
