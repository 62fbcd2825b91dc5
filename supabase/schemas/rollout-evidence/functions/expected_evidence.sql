create or replace function internal.expected_evidence(p_rollout public.rollouts, p_until timestamptz) returns jsonb
language sql stable set search_path = '' set timezone = 'UTC' set jit = off
as $$
  with expected as materialized (
    select f.*, dense_rank() over (order by f.session_date desc nulls last) as age
    from internal.expected_forecasts(p_rollout.id, greatest(p_rollout.stage_started_at, p_until - interval '100 days'), p_until) f
  ), recent as (
    select e.* from expected e where e.age <= 60 and e.session_date is not null
  )
  select jsonb_build_object(
    'sessions', (
      select coalesce(jsonb_agg(to_jsonb(s) order by s.session_date), '[]')
      from (
        select r.session_date,
          coalesce(sum(r.forecasts) filter (where r.ensemble = 'candidate' and r.state = 'there'), 0) as there,
          count(*) filter (where r.ensemble = 'candidate' and r.state = 'late') as late,
          count(*) filter (where r.ensemble = 'candidate' and r.state = 'forecast_missing') as forecast_missing,
          count(*) filter (where r.ensemble = 'candidate' and r.state = 'bar_missing') as bar_missing,
          count(*) filter (where r.ensemble = 'baseline' and r.state <> 'there') as baseline_not_there
        from recent r
        group by r.session_date
      ) s),
    'not_there', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', n.symbol, 'horizon', n.horizon, 'ensemble', n.ensemble,
        'session_date', n.session_date, 'data_cutoff', n.data_cutoff, 'deadline', n.deadline, 'state', n.state)
        order by n.deadline, n.symbol, n.horizon, n.ensemble), '[]')
      from (
        -- So many of each kind: one does not hide another.
        select r.*, row_number() over (
          partition by r.ensemble, case when r.ensemble = 'candidate' then r.state end order by r.deadline desc, r.symbol, r.horizon) as rank
        from recent r where r.state <> 'there'
      ) n
      where n.rank <= 50),
    'nothing_due', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('symbol', n.symbol, 'horizon', n.horizon)
        order by n.symbol, n.horizon) filter (where n.rank <= 50), '[]'))
      from (
        select e.symbol, e.horizon, row_number() over (order by e.symbol, e.horizon) as rank from expected e where e.state = 'nothing_due'
      ) n))
$$;
comment on function internal.expected_evidence(public.rollouts, timestamptz) is
  'Of the latest 60 sessions of a rollout''s stage: how many forecasts of the candidate were there, late or missing, and how many of the baseline were not there, by '
  'session; which these are, the newest 50 of each kind; for which symbols and horizons none was due yet.';
revoke execute on function internal.expected_evidence(public.rollouts, timestamptz) from public;
