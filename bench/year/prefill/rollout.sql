-- A first rollout that an operator rolled back, and the one that runs in its last stage.
create temporary table staged on commit drop as
select x.date, x.stage_started_at, greatest(x.stage_started_at - interval '14 days', f.began) as started_at,
  greatest(x.stage_started_at - interval '28 days', f.began - interval '1 day') as first_started_at
from (
  select s.session_date as date, internal.new_york_time(s.session_date, '06:00') as stage_started_at
  from simulated.session s cross join simulated.plan p
  where p.rollout and s.place = greatest(p.sessions - p.stage_sessions, 0)
) x
cross join (select internal.new_york_time(min(s.session_date), '05:00') as began from simulated.session s where s.place >= 0) f;
insert into public.rollouts (status, stage, candidate_hash, baseline_hash, code_version, tests, started_at, stage_started_at, stage_due_at,
  health_captured, ended_at, ended_because, watched_until)
select r.status, r.stage, p.candidate_hash, p.baseline_hash, p.code_version, '{"passed": 1, "failed": 0}', r.started_at, r.stage_started_at,
  r.stage_started_at + interval '7 days', (
    select jsonb_object_agg(q.name, jsonb_build_object('p95_ms', 1000, 'n', 20))
    from (select m.name from public.monitoring_queries m union all select 'claim') q),
  r.ended_at, r.ended_because, coalesce(r.ended_at, p.at - interval '5 minutes')
from simulated.plan p
cross join pg_temp.staged t
cross join lateral (
  values (1, 'rolled_back', 'canary', t.first_started_at, t.first_started_at, t.started_at - interval '1 hour', 'an operator wanted it'),
    (2, 'running', 'full', t.started_at, t.stage_started_at, null, null)
) r(place, status, stage, started_at, stage_started_at, ended_at, ended_because)
order by r.place;
insert into public.rollout_symbols (rollout_id, symbol_id, symbol, stage, horizons, joined_at)
select r.id, s.id, s.symbol, s.stage, case r.status when 'running' then s.horizons else '{1D}' end,
  case s.stage when 'full' then r.stage_started_at else r.started_at end
from public.rollouts r
join public.symbols s on s.active and (r.status = 'running' or s.stage = 'canary')
where '1D' = any (s.horizons) or r.status = 'running';
insert into public.rollout_events (rollout_id, happened_at, kind, stage, actor, reason, figures)
select r.id, e.at, e.kind, e.stage, 'simulated', e.reason, e.figures
from public.rollouts r
cross join lateral (
  values (1, r.started_at, 'deployed', 'canary', 'candidate beside baseline', '{}'::jsonb),
    (2, r.ended_at, 'rolled_back', 'canary', r.ended_because, '{}'),
    (3, r.started_at + (r.stage_started_at - r.started_at) / 2, 'promoted', 'canary', 'it passed', jsonb_build_object('from', 'canary',
      'to', 'limited', 'reached', (
        select jsonb_object_agg(m.symbol, '["1D"]'::jsonb) from public.rollout_symbols m where m.rollout_id = r.id and m.stage = 'canary'))),
    (4, r.stage_started_at, 'promoted', 'limited', 'it passed', jsonb_build_object('from', 'limited', 'to', 'full', 'reached', (
        select jsonb_object_agg(m.symbol, m.horizons) from public.rollout_symbols m where m.rollout_id = r.id and m.stage <> 'full')))
) e(place, at, kind, stage, reason, figures)
where e.at is not null and (e.kind <> 'promoted' or r.status = 'running')
order by e.at, e.place;

