create or replace function internal.alert_storm(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language sql stable set search_path = ''
as $$
  with alarm as (
    select a.opened_at as at
    from public.divergence_alerts a
    where a.opened_at >= greatest(p_rollout.stage_started_at, p_since) and a.opened_at <= p_now
      and a.ensemble = 'candidate' and a.level in ('critical', 'implausible') and internal.is_of_rollout(p_rollout.id, a.symbol)
    union all
    select e.occurred_at from public.errors e
    where e.occurred_at >= greatest(p_rollout.stage_started_at, p_since) and e.occurred_at <= p_now
  ), hour as (
    -- Every hour that ends with an alarm, so that none is missed between two looks.
    select a.at, count(*) over (order by a.at range between interval '1 hour' preceding and current row) as alarms
    from alarm a
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
  'opened or unhandled errors occurred, by the worst such hour; else [].';
revoke execute on function internal.alert_storm(public.rollouts, timestamptz, timestamptz) from public;
