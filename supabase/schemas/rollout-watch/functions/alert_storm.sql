create or replace function internal.alert_storm(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language sql stable set search_path = ''
as $$
  with alarm as (
    select a.opened_at as at, format('alert %s', a.id) as what
    from public.divergence_alerts a
    where a.opened_at >= greatest(p_rollout.stage_started_at, p_since) and a.opened_at <= p_now
      and a.ensemble = 'candidate' and a.level in ('critical', 'implausible') and internal.is_of_rollout(p_rollout.id, a.symbol)
    union all
    -- Of one source and code one a minute: what fails at every try is one thing that fails.
    select max(e.occurred_at), format('error %s %s', e.source, e.code)
    from internal.rollout_errors(greatest(p_rollout.stage_started_at, p_since), p_now) e
    where internal.failure_consequence(e.class) = 'counts'
    group by e.source, e.code, date_trunc('minute', e.occurred_at, 'UTC')
  ), hour as (
    -- Every hour that ends with an alarm, so that none is missed between two looks.
    select w.at, (
      select count(distinct a.what) from alarm a where a.at >= w.at - interval '1 hour' and a.at <= w.at) as alarms
    from (select distinct a.at from alarm a) w
  ), worst as (
    select h.at, h.alarms from hour h order by h.alarms desc, h.at limit 1
  )
  select coalesce(jsonb_agg(jsonb_build_object('trigger', 'alert_storm', 'subject', null,
      'figures', jsonb_build_object('alarms', w.alarms, 'until', w.at, 'allowed', c.allowed),
      'sentence', format('%s critical alerts and errors in the hour up to %s; %s are allowed.', w.alarms, internal.utc_text(w.at),
        c.allowed))), '[]')
  from worst w
  cross join (
    select (internal.setting('rollout_criteria') ->> 'critical_alerts_per_hour')::integer as allowed
  ) c
  where w.alarms > c.allowed
$$;
comment on function internal.alert_storm(public.rollouts, timestamptz, timestamptz) is
  'The trigger alert_storm when in some hour of the stage since p_since more than critical_alerts_per_hour critical or implausible alerts of the candidate '
  'opened or distinct errors that count against it (source and code) occurred, by the worst such hour; else [].';
revoke execute on function internal.alert_storm(public.rollouts, timestamptz, timestamptz) from public;
