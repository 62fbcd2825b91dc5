-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- queue/functions/claim_job.sql
create or replace function public.claim_job(p_kinds text[], p_code_version text, p_request bigint default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_next record;
  v_id bigint;
  v_job public.jobs;
begin
  -- Kind by kind and priority by priority, each by one look into an index: however many jobs wait, and however many may not be claimed yet.
  for v_next in
    with recursive queued as (
      select k.kind, (
        select min(j.priority) from public.jobs j where j.kind = k.kind and j.status = 'queued' and j.attempts < j.max_attempts) as priority
      from unnest(p_kinds) k(kind)
      union all
      select q.kind, (
        select min(j.priority) from public.jobs j
        where j.kind = q.kind and j.status = 'queued' and j.attempts < j.max_attempts and j.priority > q.priority)
      from queued q where q.priority is not null
    )
    select q.kind, q.priority, false as stalled from queued q where q.priority is not null
    union
    select j.kind, j.priority, true from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts and j.kind = any (p_kinds)
    order by priority, stalled desc, kind
  loop
    if v_next.stalled then
      select j.id into v_id from public.jobs j
      where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts
        and j.kind = v_next.kind and j.priority = v_next.priority
      order by j.lease_until
      limit 1
      for update skip locked;
    else
      select j.id into v_id from public.jobs j
      where j.kind = v_next.kind and j.priority = v_next.priority and j.status = 'queued' and j.attempts < j.max_attempts
        and j.run_after <= now()
      order by j.run_after, j.id
      limit 1
      for update skip locked;
    end if;
    exit when v_id is not null;
  end loop;

  if v_id is null then
    return null;
  end if;

  update public.jobs j
  set status = 'running', lease_token = gen_random_uuid(), attempts = j.attempts + 1, worker_request_id = p_request,
    lease_until = now() + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
  where j.id = v_id
  returning j.* into v_job;
  update public.worker_requests
  set claimed_at = coalesce(claimed_at, now()), alive_until = v_job.lease_until
  where id = p_request;

  update public.runs r
  set status = 'running', started_at = coalesce(r.started_at, now()), code_version = p_code_version
  where r.id = v_job.run_id and (r.status = 'queued' or r.code_version is distinct from p_code_version);

  return (
    select jsonb_build_object(
      'id', v_job.id, 'run_id', v_job.run_id, 'kind', v_job.kind, 'payload', (v_job.payload - 'settings_id') || coalesce(s.settings, '{}'),
      'lease_token', v_job.lease_token, 'attempt', v_job.attempts,
      'configuration', k.configuration, 'config_hash', k.config_hash,
      'on_member_failure', r.on_member_failure, 'checkpoint', c.checkpoint)
    from public.runs r
    left join public.configurations k on k.config_hash = coalesce(v_job.config_hash, r.config_hash)
    left join public.job_settings s on s.id = (v_job.payload ->> 'settings_id')::smallint
    left join public.job_checkpoints c on c.job_id = v_job.id
    where r.id = v_job.run_id);
end
$$;
comment on function public.claim_job(text[], text, bigint) is
  'Leases the next job of these kinds to the caller, with its checkpoint and what it was planned with; null when there is none. Of one '
  'priority the job that may be claimed longest comes first. A lease that ran out is claimed again. Concurrent callers never get the same '
  'job. p_request: the worker_requests row that the caller answers; null for a caller by hand.';
revoke execute on function public.claim_job(text[], text, bigint) from public, anon, authenticated;
grant execute on function public.claim_job(text[], text, bigint) to service_role;

alter table public.rollouts add column watched_until timestamptz;
comment on column public.rollouts.watched_until is 'Up to when watch_rollout has looked, UTC; null: never.';

create index rollout_events_by_kind on public.rollout_events (kind, rollout_id, id);
create index forecasts_by_cutoff on public.forecasts (data_cutoff, horizon, ensemble, config_hash) include (symbol_id, issued_at);
create index runs_of_forecasts on public.runs ((params -> 'symbols' ->> 0), data_cutoff) where kind = 'forecast' and status = 'succeeded';
create index runs_of_many_forecasts on public.runs (data_cutoff)
  where kind = 'forecast' and status = 'succeeded' and params -> 'symbols' ->> 1 is not null;
create index runs_failed on public.runs (finished_at) where status = 'failed';
create index jobs_ingested on public.jobs ((payload ->> 'symbol'), (payload ->> 'timeframe'), finished_at)
  where kind = 'ingest' and status = 'succeeded';
create index divergence_alerts_by_time on public.divergence_alerts (opened_at);

drop function internal.expected_forecasts(bigint, timestamptz, timestamptz);
drop function internal.notice_failures(public.rollouts, timestamptz);
drop function internal.notice_forecasts(public.rollouts, timestamptz);
drop function internal.alert_storm(public.rollouts, timestamptz);

-- rollout/functions/is_of_rollout.sql
create or replace function internal.is_of_rollout(p_rollout_id bigint, p_symbol text) returns boolean
language sql stable set search_path = ''
as $$
  select p_symbol is null or exists (
    select from public.symbols s
    join public.rollout_symbols m on m.symbol_id = s.id
    where m.rollout_id = p_rollout_id and s.symbol = p_symbol)
$$;
comment on function internal.is_of_rollout(bigint, text) is
  'Whether what concerns a symbol concerns a rollout: it has reached the symbol, or no single symbol is meant (null).';
revoke execute on function internal.is_of_rollout(bigint, text) from public;

-- rollout/views/vw_ensemble_assignments.sql
-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
with latest as materialized (
  -- What was put in the candidate's place by hand nobody has judged.
  select r.*, coalesce(bool_or(c.active), false) as is_active,
    coalesce(bool_or(c.active and c.config_hash = r.candidate_hash), false) as is_the_rollouts
  from (values (1)) one(row)
  left join (
    select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
  ) r on true
  left join public.ensembles c on c.ensemble = 'candidate'
  group by r.id, r.status, r.stage, r.ended_because, r.candidate_hash
)
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  n.ensemble,
  s.active and h.horizon = any (s.horizons) as is_listed,
  coalesce(e.active, false) and case
    when r.id is null then true
    when n.ensemble = 'baseline' then true
    when not r.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    -- Completed: the baseline goes on beside it, so that a rollback is possible at once.
    else r.status = 'completed'
  end as is_planned,
  n.ensemble = w.ensemble as is_serving,
  w.because,
  m.joined_at as reached_at
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
cross join latest r
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and h.horizon = any (m.horizons)
cross join lateral (
  select
    case
      when r.id is null then case when r.is_active then 'candidate' else 'baseline' end
      when not r.is_the_rollouts then 'baseline'
      when r.status = 'completed' then 'candidate'
      when r.status = 'running' then coalesce(m.ensemble, 'baseline')
      else 'baseline'
    end as ensemble,
    case
      when r.id is null and r.is_active then 'no rollout yet, and a candidate is active'
      when r.id is null then 'no rollout yet, and no candidate is active'
      when r.status = 'rolled_back' then format('rollout %s was rolled back: %s', r.id, r.ended_because)
      when not r.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', r.id)
      when r.status = 'completed' then format('rollout %s is completed', r.id)
      when m.rollout_id is null then format('rollout %s has not reached it in stage %s', r.id, r.stage)
      else format('rollout %s reached it in stage %s', r.id, m.stage)
    end as because
) w
cross join unnest(array['baseline', 'candidate']) n(ensemble)
left join public.ensembles e on e.ensemble = n.ensemble;
comment on view public.vw_ensemble_assignments is
  'What each ensemble does for each symbol and horizon, by the latest rollout: the one rule that planning, serving and answering follow.';
comment on column public.vw_ensemble_assignments.symbol_id is 'The symbol, active or not.';
comment on column public.vw_ensemble_assignments.symbol is 'Ticker.';
comment on column public.vw_ensemble_assignments.horizon is 'Horizon: each of the three, whether the symbol has it or not.';
comment on column public.vw_ensemble_assignments.ensemble is 'candidate or baseline.';
comment on column public.vw_ensemble_assignments.is_listed is 'Whether the symbol is active and the horizon among its own.';
comment on column public.vw_ensemble_assignments.is_planned is
  'Whether the schedule makes forecasts, windows and checks with it, where is_listed: an active ensemble, without a rollout; with one the '
  'baseline everywhere, and the candidate, while its configuration is the rollout''s, where it has come to, or everywhere once it is completed.';
comment on column public.vw_ensemble_assignments.is_serving is 'Whether it is the one of the two that apps read and requests are answered by.';
comment on column public.vw_ensemble_assignments.because is 'Why the one that serves does.';
comment on column public.vw_ensemble_assignments.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';

revoke all on public.vw_ensemble_assignments from anon, authenticated, service_role;
grant select on public.vw_ensemble_assignments to authenticated, service_role;

-- rollout-evidence/tables/forecast_pairs.sql
-- What a rollout compares: the candidate's forecasts of its stages that have come true, each beside the baseline's from the same bar. All that the judge needs
-- of their quantiles is here, so that evidence is a sum.
create table public.forecast_pairs (
  candidate_id bigint primary key references public.forecast_outcomes (forecast_id) on delete cascade,
  baseline_id bigint references public.forecast_outcomes (forecast_id) on delete set null,
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  symbol_id bigint not null references public.symbols (id),
  horizon text not null,
  data_cutoff timestamptz not null,
  outcome_time timestamptz not null,
  issued_at timestamptz not null,
  candidate_error double precision not null,
  candidate_crps double precision not null,
  candidate_covered boolean[] not null,
  baseline_error double precision,
  baseline_crps double precision,
  compared_at timestamptz,
  scale double precision,
  mean_difference double precision,
  bounded_error double precision,
  bounded_candidate_crps double precision,
  bounded_baseline_crps double precision,
  crps_floors_below double precision[],
  crps_floors_above double precision[],
  squares_floors_below double precision[],
  squares_floors_above double precision[],
  constraint forecast_pairs_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint forecast_pairs_horizon_known check (horizon in ('1D', '4h', '8h')),
  constraint forecast_pairs_levels_are_four check (cardinality(candidate_covered) = 4),
  constraint forecast_pairs_baseline_is_whole check (num_nulls(baseline_error, baseline_crps) in (0, 2)),
  constraint forecast_pairs_comparison_is_whole check (
    num_nulls(scale, mean_difference, bounded_error, bounded_candidate_crps, bounded_baseline_crps, crps_floors_below, crps_floors_above,
      squares_floors_below, squares_floors_above) in (0, 9)
  ),
  constraint forecast_pairs_scale_is_positive check (scale > 0 and scale < 'infinity')
);
comment on table public.forecast_pairs is
  'The candidate''s forecasts of a rollout''s stages that have come true, one row each, with the baseline''s from the same bar where there is one, and what the '
  'judge needs of both: rows enter with their outcomes, and are compared soon after.';
comment on column public.forecast_pairs.candidate_id is 'The candidate''s forecast.';
comment on column public.forecast_pairs.baseline_id is 'The baseline''s from the same bar with the same outcome bar; null without one.';
comment on column public.forecast_pairs.rollout_id is 'The rollout.';
comment on column public.forecast_pairs.stage is 'Its stage when both were issued.';
comment on column public.forecast_pairs.symbol_id is 'The symbol.';
comment on column public.forecast_pairs.horizon is 'Horizon.';
comment on column public.forecast_pairs.data_cutoff is 'The last bar that both saw, UTC.';
comment on column public.forecast_pairs.outcome_time is 'bar_time of the outcome bar, UTC.';
comment on column public.forecast_pairs.issued_at is 'When the later of the two was stored, UTC.';
comment on column public.forecast_pairs.candidate_error is 'As in forecast_outcomes: forecast less outcome, a log return.';
comment on column public.forecast_pairs.candidate_crps is 'As in forecast_outcomes.';
comment on column public.forecast_pairs.candidate_covered is 'Whether the outcome lay within the candidate''s 50, 80, 90 and 95 % interval.';
comment on column public.forecast_pairs.baseline_error is 'As in forecast_outcomes; null without a baseline.';
comment on column public.forecast_pairs.baseline_crps is 'As in forecast_outcomes; null without a baseline.';
comment on column public.forecast_pairs.compared_at is 'When the figures that follow were computed, UTC; null: they are yet to be.';
comment on column public.forecast_pairs.scale is
  'Half the distance between the baseline''s 16 % and 84 % quantiles, the unit of what follows; null, like them, where the baseline has no width, or no such levels.';
comment on column public.forecast_pairs.mean_difference is 'Candidate''s mean less the baseline''s, in scales.';
comment on column public.forecast_pairs.bounded_error is
  'Outcome less the baseline''s mean, in scales, where an outcome further than 3 scales from the baseline''s median counts as 3.';
comment on column public.forecast_pairs.bounded_candidate_crps is 'CRPS of that outcome, in scales.';
comment on column public.forecast_pairs.bounded_baseline_crps is 'The same of the baseline.';
comment on column public.forecast_pairs.crps_floors_below is
  'The least that r times the baseline''s CRPS less the candidate''s can be, whatever the outcome, for each r of internal.compared_ratios(); outcomes are bounded for r below 1.';
comment on column public.forecast_pairs.crps_floors_above is
  'The least that the candidate''s CRPS less r times the baseline''s can be; outcomes are bounded for r above 1.';
comment on column public.forecast_pairs.squares_floors_below is 'The least of r^2 times the baseline''s squared error less the candidate''s, of bounded outcomes, for each r up to 1.';
comment on column public.forecast_pairs.squares_floors_above is 'The least of the candidate''s squared error less r^2 times the baseline''s, of bounded outcomes, for each r from 1.';

create unique index forecast_pairs_by_baseline on public.forecast_pairs (baseline_id);
create index forecast_pairs_by_outcome on public.forecast_pairs (rollout_id, stage, outcome_time);
create index forecast_pairs_to_compare on public.forecast_pairs (candidate_id) where compared_at is null and baseline_id is not null;

alter table public.forecast_pairs enable row level security;
create policy forecast_pairs_are_read_by_users on public.forecast_pairs for select to authenticated using (true);
revoke all on public.forecast_pairs from anon, authenticated, service_role;
grant select on public.forecast_pairs to authenticated, service_role;

-- rollout-evidence/functions/compare_pairs.sql
create or replace function internal.compare_pairs(p_most integer) returns integer
language plpgsql set search_path = '' set jit = off
as $$
declare
  v_ratios constant double precision[] := internal.compared_ratios();
  v_compared integer;
begin
  -- Nobody asks for those of a rollout after which another one began.
  delete from public.forecast_pairs where candidate_id in (
    select p.candidate_id from public.forecast_pairs p
    where p.rollout_id < (select max(r.id) from public.rollouts r)
    limit 2000);

  with open as materialized (
    select p.candidate_id, p.baseline_id
    from public.forecast_pairs p
    where p.compared_at is null and p.baseline_id is not null
    order by p.candidate_id
    limit p_most
    for update skip locked
  ), pair as materialized (
    select o.candidate_id, c.return_quantiles as candidate, b.return_quantiles as baseline, u.scale, u.least, u.largest,
      (c.forecast_return - b.forecast_return) / u.scale as difference,
      (greatest(u.least, least(u.largest, x.realised_return)) - b.forecast_return) / u.scale as error,
      (u.least - b.forecast_return) / u.scale as least_error, (u.largest - b.forecast_return) / u.scale as largest_error,
      case when x.realised_return < u.least then -1 when x.realised_return > u.largest then 1 else 0 end as beyond,
      x.crps / u.scale as candidate_crps, y.crps / u.scale as baseline_crps
    from open o
    join public.forecasts c on c.id = o.candidate_id
    join public.forecasts b on b.id = o.baseline_id
    join public.forecast_outcomes x on x.forecast_id = c.id
    join public.forecast_outcomes y on y.forecast_id = b.id
    cross join lateral (
      select (b.return_quantiles[168] - b.return_quantiles[32]) / 2 as half
    ) h
    cross join lateral (
      select h.half as scale, b.return_quantiles[100] - 3 * h.half as least, b.return_quantiles[100] + 3 * h.half as largest
    ) u
    where cardinality(c.return_quantiles) = 199 and cardinality(b.return_quantiles) = 199 and h.half > 0
  ), known as materialized (
    -- With the sums over all quantiles, the two tails among them: of level x quantile, and of the quantile, by weight.
    select p.*, c.level_sum as candidate_levels, c.sum as candidate_total, b.level_sum as baseline_levels, b.sum as baseline_total
    from pair p
    cross join lateral (
      select sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.candidate[1] + 0.99875 * p.candidate[199]),
        sum(0.005::double precision * q.value) + 0.0025 * (p.candidate[1] + p.candidate[199])
      from unnest(p.candidate) with ordinality q(value, place)
    ) c(level_sum, sum)
    cross join lateral (
      select sum(0.005::double precision * q.place / 200 * q.value) + 0.0025 * (0.00125 * p.baseline[1] + 0.99875 * p.baseline[199]),
        sum(0.005::double precision * q.value) + 0.0025 * (p.baseline[1] + p.baseline[199])
      from unnest(p.baseline) with ordinality q(value, place)
    ) b(level_sum, sum)
  ), below as (
    -- Every outcome at which one of the two bends, and the bounds; of the quantiles up to it, their weight and their weighted sum.
    select k.candidate_id, k.scale, k.beyond, k.candidate_levels, k.candidate_total, k.baseline_levels, k.baseline_total, q.kind, q.value,
      q.value >= k.least and q.value <= k.largest as is_within,
      sum(q.weight) filter (where q.kind = 'candidate') over up_to as candidate_weight,
      sum(q.weight * q.value) filter (where q.kind = 'candidate') over up_to as candidate_sum,
      sum(q.weight) filter (where q.kind = 'baseline') over up_to as baseline_weight,
      sum(q.weight * q.value) filter (where q.kind = 'baseline') over up_to as baseline_sum
    from known k
    cross join lateral (
      -- Each quantile stands for 1/200 of the levels, the outermost for half of that more, which is the tail beyond it.
      select 'candidate', u.value, case when u.place in (1, 199) then 0.0075 else 0.005 end::double precision
      from unnest(k.candidate) with ordinality u(value, place)
      union all
      select 'baseline', u.value, case when u.place in (1, 199) then 0.0075 else 0.005 end::double precision
      from unnest(k.baseline) with ordinality u(value, place)
      union all
      values ('least', k.least, 0), ('largest', k.largest, 0)
    ) q(kind, value, weight)
    window up_to as (partition by k.candidate_id order by q.value rows unbounded preceding)
  ), score as (
    -- Twice the mean pinball loss: half the outcome, less the levels' sum, less outcome - quantile summed over the quantiles above.
    select b.candidate_id, b.kind, b.beyond, b.is_within,
      2 * (b.value / 2 - b.candidate_levels - b.value * (1 - coalesce(b.candidate_weight, 0))
        + b.candidate_total - coalesce(b.candidate_sum, 0)) / b.scale as candidate,
      2 * (b.value / 2 - b.baseline_levels - b.value * (1 - coalesce(b.baseline_weight, 0))
        + b.baseline_total - coalesce(b.baseline_sum, 0)) / b.scale as baseline
    from below b
  ), floors as materialized (
    -- r times the baseline's less the candidate's is least where the baseline's bends, the other way round where the candidate's does, or at a bound.
    select s.candidate_id,
      array[
        min(v_ratios[1] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[2] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[3] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[4] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[5] * s.baseline - s.candidate) filter (where s.kind <> 'candidate' and s.is_within),
        min(v_ratios[6] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[7] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[8] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[9] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[10] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[11] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[12] * s.baseline - s.candidate) filter (where s.kind = 'baseline'),
        min(v_ratios[13] * s.baseline - s.candidate) filter (where s.kind = 'baseline')
      ] as below,
      array[
        min(s.candidate - v_ratios[1] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[2] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[3] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[4] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[5] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[6] * s.baseline) filter (where s.kind = 'candidate'),
        min(s.candidate - v_ratios[7] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[8] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[9] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[10] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[11] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[12] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within),
        min(s.candidate - v_ratios[13] * s.baseline) filter (where s.kind <> 'baseline' and s.is_within)
      ] as above,
      max(s.candidate) filter (where s.kind = case s.beyond when -1 then 'least' when 1 then 'largest' end) as candidate_at_bound,
      max(s.baseline) filter (where s.kind = case s.beyond when -1 then 'least' when 1 then 'largest' end) as baseline_at_bound
    from score s
    group by s.candidate_id
  ), compared as materialized (
    select p.candidate_id, p.scale, p.difference, p.error, coalesce(f.candidate_at_bound, p.candidate_crps) as candidate_crps,
      coalesce(f.baseline_at_bound, p.baseline_crps) as baseline_crps, f.below, f.above, q.below as squares_below, q.above as squares_above
    from pair p
    join floors f on f.candidate_id = p.candidate_id
    cross join lateral (
      -- A parabola in the error: least at an end, or at its vertex.
      select array_agg(least(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio <= 1) as below,
        array_agg(-greatest(e.at_least, e.at_largest, e.at_vertex) order by r.place) filter (where r.ratio >= 1) as above
      from unnest(v_ratios) with ordinality r(ratio, place)
      cross join lateral (
        select case when r.ratio <> 1 then p.difference / (1 - r.ratio * r.ratio) end as vertex
      ) v
      cross join lateral (
        select
          (r.ratio * p.least_error) ^ 2 - (p.least_error - p.difference) ^ 2 as at_least,
          (r.ratio * p.largest_error) ^ 2 - (p.largest_error - p.difference) ^ 2 as at_largest,
          case when v.vertex > p.least_error and v.vertex < p.largest_error
            then (r.ratio * v.vertex) ^ 2 - (v.vertex - p.difference) ^ 2 end as at_vertex
      ) e
    ) q
  )
  update public.forecast_pairs t
  set compared_at = now(), scale = c.scale, mean_difference = c.difference, bounded_error = c.error, bounded_candidate_crps = c.candidate_crps,
    bounded_baseline_crps = c.baseline_crps, crps_floors_below = c.below, crps_floors_above = c.above, squares_floors_below = c.squares_below,
    squares_floors_above = c.squares_above
  from open o
  left join compared c on c.candidate_id = o.candidate_id
  where t.candidate_id = o.candidate_id;
  get diagnostics v_compared = row_count;
  return v_compared;
end
$$;
comment on function internal.compare_pairs(integer) is
  'Computes what the judge needs of so many pairs of forecast_pairs that wait for it; returns how many it looked at. About a millisecond each. Pairs that somebody '
  'else is at are left to them, and pairs of earlier rollouts deleted. Twin: sumPairs (src/shared/rollout/comparison/sum-pairs.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.compare_pairs(integer) from public;

-- rollout-evidence/functions/compared_evidence.sql
create or replace function internal.compared_evidence(p_rollout public.rollouts, p_until timestamptz) returns jsonb
language sql stable set search_path = '' set timezone = 'UTC' set jit = off
as $$
  with first as materialized (
    -- Of the latest 60 sessions. A day's bar is stamped with its date at midnight UTC, half a session's with its start, of the same date there.
    select min(d.day) as day
    from (
      select distinct (p.outcome_time at time zone 'UTC')::date as day
      from public.forecast_pairs p
      where p.rollout_id = p_rollout.id and p.stage = p_rollout.stage and p.baseline_id is not null and p.issued_at <= p_until
      order by day desc
      limit 60
    ) d
  ), pair as (
    select p.*
    from first f
    join public.forecast_pairs p
      on p.rollout_id = p_rollout.id and p.stage = p_rollout.stage and p.outcome_time >= f.day::timestamp at time zone 'UTC'
    where p.baseline_id is not null and p.issued_at <= p_until
  ), origin as (
    select p.horizon, p.data_cutoff, count(*) as pairs,
      jsonb_build_object(
        'candidate', sum(p.candidate_crps / p.scale), 'baseline', sum(p.baseline_crps / p.scale),
        'bounded_candidate', sum(p.bounded_candidate_crps), 'bounded_baseline', sum(p.bounded_baseline_crps),
        'floors_below', array[
          sum(p.crps_floors_below[1]), sum(p.crps_floors_below[2]), sum(p.crps_floors_below[3]),
          sum(p.crps_floors_below[4]), sum(p.crps_floors_below[5]), sum(p.crps_floors_below[6]),
          sum(p.crps_floors_below[7]), sum(p.crps_floors_below[8]), sum(p.crps_floors_below[9]),
          sum(p.crps_floors_below[10]), sum(p.crps_floors_below[11]), sum(p.crps_floors_below[12]), sum(p.crps_floors_below[13])
        ],
        'floors_above', array[
          sum(p.crps_floors_above[1]), sum(p.crps_floors_above[2]), sum(p.crps_floors_above[3]),
          sum(p.crps_floors_above[4]), sum(p.crps_floors_above[5]), sum(p.crps_floors_above[6]),
          sum(p.crps_floors_above[7]), sum(p.crps_floors_above[8]), sum(p.crps_floors_above[9]),
          sum(p.crps_floors_above[10]), sum(p.crps_floors_above[11]), sum(p.crps_floors_above[12]), sum(p.crps_floors_above[13])
        ]) as crps,
      jsonb_build_object(
        'candidate', sum((p.candidate_error / p.scale) * (p.candidate_error / p.scale)),
        'baseline', sum((p.baseline_error / p.scale) * (p.baseline_error / p.scale)),
        'bounded_candidate', sum((p.bounded_error - p.mean_difference) * (p.bounded_error - p.mean_difference)),
        'bounded_baseline', sum(p.bounded_error * p.bounded_error), 'difference', sum(p.mean_difference * p.mean_difference),
        'floors_below', array[
          sum(p.squares_floors_below[1]), sum(p.squares_floors_below[2]), sum(p.squares_floors_below[3]),
          sum(p.squares_floors_below[4]), sum(p.squares_floors_below[5]), sum(p.squares_floors_below[6])
        ],
        'floors_above', array[
          sum(p.squares_floors_above[1]), sum(p.squares_floors_above[2]), sum(p.squares_floors_above[3]),
          sum(p.squares_floors_above[4]), sum(p.squares_floors_above[5]), sum(p.squares_floors_above[6]),
          sum(p.squares_floors_above[7]), sum(p.squares_floors_above[8])
        ]) as squares,
      array[
        count(*) filter (where p.candidate_covered[1]), count(*) filter (where p.candidate_covered[2]),
        count(*) filter (where p.candidate_covered[3]), count(*) filter (where p.candidate_covered[4])
      ] as covered
    from pair p
    where p.scale is not null and p.compared_at is not null
    group by p.horizon, p.data_cutoff
  )
  select jsonb_build_object(
    'ratios', internal.compared_ratios(),
    'origins', (select coalesce(jsonb_agg(to_jsonb(o) order by o.data_cutoff, o.horizon), '[]') from origin o),
    'waiting', (
      select count(*) from public.forecast_pairs p
      where p.compared_at is null and p.baseline_id is not null and p.rollout_id = p_rollout.id and p.stage = p_rollout.stage),
    'unusable', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('symbol', u.symbol, 'horizon', u.horizon,
        'data_cutoff', u.data_cutoff) order by u.data_cutoff, u.symbol, u.horizon) filter (where u.rank <= 50), '[]'))
      from (
        select s.symbol, p.horizon, p.data_cutoff, row_number() over (order by p.data_cutoff desc, s.symbol, p.horizon) as rank
        from pair p
        join public.symbols s on s.id = p.symbol_id
        where p.scale is null and p.compared_at is not null
      ) u))
$$;
comment on function internal.compared_evidence(public.rollouts, timestamptz) is
  'What both ensembles'' forecasts of the latest 60 sessions of a rollout''s stage are compared on: sums over the pairs of each forecast origin, how many pairs wait '
  'to be compared, and those that cannot be.';
revoke execute on function internal.compared_evidence(public.rollouts, timestamptz) from public;

-- rollout-evidence/functions/compared_ratios.sql
create or replace function internal.compared_ratios() returns double precision[]
language sql immutable set search_path = ''
as $$
  select array[0.25, 0.5, 0.7, 0.8, 0.9, 1, 1.02, 1.05, 1.1, 1.25, 1.5, 2, 4]::double precision[]
$$;
comment on function internal.compared_ratios() is
  'The ratios for which forecast_pairs holds floors, ascending, the 6th is 1: those of the tests by the default rollout_criteria, and some to find bounds with. '
  'Twin: COMPARED_RATIOS (src/shared/rollout/comparison/compared-ratios.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.compared_ratios() from public;

-- rollout-evidence/functions/expected_evidence.sql
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

-- rollout-evidence/functions/expected_forecasts.sql
create or replace function internal.expected_forecasts(p_rollout_id bigint, p_since timestamptz, p_until timestamptz) returns table (
  symbol text, horizon text, ensemble text, session_date date, data_cutoff timestamptz, deadline timestamptz, state text, forecasts integer)
language sql stable set search_path = '' set jit = off
as $$
  with rollout as materialized (
    select r.id, r.stage_started_at, r.candidate_hash, r.baseline_hash, (
      select p.figures -> 'reached' from public.rollout_events p
      where p.rollout_id = r.id and p.kind = 'promoted' and p.figures ->> 'to' = r.stage
      order by p.id desc limit 1) as reached
    from public.rollouts r where r.id = p_rollout_id
  ), ensemble as materialized (
    select e.name, e.config_hash
    from rollout r cross join lateral (values ('baseline', r.baseline_hash), ('candidate', r.candidate_hash)) e(name, config_hash)
  ), origin as materialized (
    select row_number() over () as place, o.session_date, o.horizon, o.data_cutoff, o.ends_at, d.deadline, o.ends_at >= r.stage_started_at as is_of_stage
    from rollout r
    cross join internal.forecast_origins((p_since at time zone 'America/New_York')::date - 1, (p_until at time zone 'America/New_York')::date) o
    cross join lateral (
      select o.ends_at + make_interval(mins => (internal.setting('forecast_deadline_minutes') #>> '{}')::integer) as deadline
    ) d
    where d.deadline > p_since and d.deadline <= p_until and not internal.publishing_stopped(o.ends_at, d.deadline)
      and internal.window_sizes(o.horizon) is not null
  ), member as materialized (
    -- What the stage has only just come to begins with the bars that end since; what the one before had already knows no gap between them.
    select m.symbol_id, h.horizon, coalesce(r.reached -> m.symbol ? h.horizon, false) as is_reached
    from rollout r
    join public.rollout_symbols m on m.rollout_id = r.id
    join public.symbols s on s.id = m.symbol_id and s.active
    cross join unnest(m.horizons) h(horizon)
    where h.horizon = any (s.horizons)
  ), other as materialized (
    -- All but those that were there by the bar's own deadline, however late their bar came: nearly all are, and nothing more is asked of them.
    select o.place, e.name as ensemble, m.symbol_id
    from origin o
    join member m on m.horizon = o.horizon and (o.is_of_stage or m.is_reached)
    cross join ensemble e
    except
    select o.place, f.ensemble, f.symbol_id
    from origin o
    cross join ensemble e
    join public.forecasts f
      on f.data_cutoff = o.data_cutoff and f.horizon = o.horizon and f.ensemble = e.name and f.config_hash = e.config_hash
    where f.issued_at <= o.deadline and o.deadline <= p_until - interval '30 minutes'
  ), due as materialized (
    select x.place, x.ensemble, x.symbol_id, e.config_hash, o.session_date, o.horizon, o.data_cutoff, o.deadline as bar_deadline, due.deadline,
      b.ingested_at, f.issued_at
    from other x
    join origin o on o.place = x.place
    join ensemble e on e.name = x.ensemble
    left join public.bars b on b.symbol_id = x.symbol_id and b.timeframe = internal.timeframe_of(o.horizon) and b.bar_time = o.data_cutoff
    left join public.forecasts f
      on f.symbol_id = x.symbol_id and f.horizon = o.horizon and f.ensemble = x.ensemble and f.config_hash = e.config_hash
      and f.data_cutoff = o.data_cutoff
    cross join lateral (
      -- A bar that came in the last half hour leaves its forecast half an hour.
      select greatest(o.deadline, case when b.ingested_at <= o.deadline then b.ingested_at + interval '30 minutes' end) as deadline
    ) due
    where due.deadline <= p_until
  ), judged as materialized (
    select s.symbol, d.horizon, d.ensemble, d.session_date, d.data_cutoff, d.deadline, d.place,
      case
        when d.issued_at <= d.deadline then 'there'
        -- Bars that were restated since have it made anew: that it was there in time is what its run knows.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 0 = s.symbol and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline) then 'there'
        -- A request may have been for several symbols.
        when d.issued_at is not null and exists (
          select from public.runs x
          where x.kind = 'forecast' and x.status = 'succeeded' and x.params -> 'symbols' ->> 1 is not null and x.data_cutoff = d.data_cutoff
            and x.ensemble = d.ensemble and x.config_hash = d.config_hash and x.params ->> 'horizon' = d.horizon
            and x.finished_at <= d.deadline and x.params -> 'symbols' ? s.symbol) then 'there'
        -- A bar may have been there and be restated since: a forecast from it knows, or who noticed that there was none.
        when d.ingested_at is null or d.ingested_at > d.bar_deadline
          and not exists (
            select from public.forecasts x
            where x.symbol_id = d.symbol_id and x.horizon = d.horizon and x.ensemble = any ('{baseline,candidate}')
              and x.data_cutoff = d.data_cutoff and x.issued_at <= d.bar_deadline)
          and not exists (
            select from public.rollout_events x
            where x.rollout_id = p_rollout_id and x.kind = 'forecast_missing' and x.subject in (
              internal.forecast_subject(s.symbol, d.horizon, 'candidate', d.session_date, d.data_cutoff),
              internal.forecast_subject(s.symbol, d.horizon, 'baseline', d.session_date, d.data_cutoff)))
          then 'bar_missing'
        when d.issued_at is not null then 'late'
        else 'forecast_missing'
      end as state
    from due d
    join public.symbols s on s.id = d.symbol_id
  ), reached as materialized (
    select m.horizon, count(*) as of_stage, count(*) filter (where m.is_reached) as before_it from member m group by m.horizon
  ), not_at_once as materialized (
    select x.place, x.ensemble, count(*) as forecasts from other x group by x.place, x.ensemble
  ), all_the_same as materialized (
    select j.place, j.ensemble, count(*) as forecasts from judged j where j.state = 'there' group by j.place, j.ensemble
  )
  select j.symbol, j.horizon, j.ensemble, j.session_date, j.data_cutoff, j.deadline, j.state, 1
  from judged j where j.state <> 'there'
  union all
  select null, o.horizon, e.name, o.session_date, o.data_cutoff, o.deadline, 'there', n.there::integer
  from origin o
  cross join ensemble e
  join reached r on r.horizon = o.horizon
  left join not_at_once a on a.place = o.place and a.ensemble = e.name
  left join all_the_same t on t.place = o.place and t.ensemble = e.name
  cross join lateral (
    select case when o.is_of_stage then r.of_stage else r.before_it end - coalesce(a.forecasts, 0) + coalesce(t.forecasts, 0) as there
  ) n
  where n.there > 0
  union all
  select m.symbol, h.horizon, 'candidate', null, null, null, 'nothing_due', 0
  from public.rollout_symbols m
  cross join unnest(m.horizons) h(horizon)
  where m.rollout_id = p_rollout_id and not exists (
    select from member k
    where k.symbol_id = m.symbol_id and k.horizon = h.horizon and exists (
      select from origin o where o.horizon = k.horizon and (o.is_of_stage or k.is_reached)))
$$;
comment on function internal.expected_forecasts(bigint, timestamptz, timestamptz) is
  'The forecasts that a rollout''s symbols should have, of candidate and baseline, whose deadline (the bar''s end and '
  'forecast_deadline_minutes; half an hour after the bar came, where it came in the last half hour) has passed after p_since and by p_until; '
  'where its stage is the first on the horizon, from bars that ended in it. A row each for what is late, forecast_missing or bar_missing: the bar itself had not '
  'come by the deadline; a row an origin and ensemble, without a symbol, for how many are there; a row nothing_due for each symbol and horizon of which none was '
  'expected. None while the kill switch was on.';
revoke execute on function internal.expected_forecasts(bigint, timestamptz, timestamptz) from public;

-- rollout-evidence/functions/forecast_subject.sql
create or replace function internal.forecast_subject(p_symbol text, p_horizon text, p_ensemble text, p_session_date date, p_data_cutoff timestamptz)
returns text
language sql stable set search_path = ''
as $$
  select concat_ws(' ', p_symbol, p_horizon, p_ensemble, p_session_date,
    -- A session has two bars of 4h.
    case when p_horizon <> '1D' then to_char(p_data_cutoff at time zone 'America/New_York', 'HH24:MI') end)
$$;
comment on function internal.forecast_subject(text, text, text, date, timestamptz) is
  'What the event of a forecast that is missing is about, AAPL 4h candidate 2026-11-20 13:30; without an ensemble, of a bar.';
revoke execute on function internal.forecast_subject(text, text, text, date, timestamptz) from public;

-- rollout-evidence/functions/internal_rollout_evidence.sql
create or replace function internal.rollout_evidence(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = '' set timezone = 'UTC'
as $$
declare
  v public.rollouts;
  v_until timestamptz;
  -- Of each list so many of the newest, and the count of all.
  v_most constant integer := 50;
begin
  select r.* into v from public.rollouts r order by r.id desc limit 1;
  if v.id is null then
    perform internal.refuse(409, 'no_rollout', 'No rollout was ever started: there is nothing to judge');
  end if;
  -- What a rollout has ended with stays its evidence.
  v_until := least(coalesce(v.ended_at, p_now), p_now);
  return jsonb_build_object(
    'rollout', jsonb_build_object('id', v.id, 'status', v.status, 'stage', v.stage, 'started_at', v.started_at,
      'stage_started_at', v.stage_started_at, 'stage_due_at', v.stage_due_at, 'candidate_hash', v.candidate_hash,
      'baseline_hash', v.baseline_hash, 'commit_hash', v.commit_hash, 'tests', v.tests),
    'evidence_at', p_now,
    'criteria', internal.setting('rollout_criteria'),
    'roles', internal.setting('rollout_roles'),
    'approvals', (
      select coalesce(jsonb_agg(jsonb_build_object('role', e.figures ->> 'role', 'actor', e.actor, 'approved_at', e.happened_at)
        order by e.id), '[]')
      from public.rollout_events e where e.rollout_id = v.id and e.kind = 'approved' and e.stage = v.stage),
    'symbols', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', m.symbol, 'horizons', m.horizons) order by m.symbol), '[]')
      from public.rollout_symbols m where m.rollout_id = v.id),
    'expected', internal.expected_evidence(v, v_until),
    'compared', internal.compared_evidence(v, v_until),
    'windows', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', w.symbol, 'horizon', w.horizon, 'window_id', w.window_id,
        'last_bar_time', w.last_bar_time, 'divergence', w.divergence, 'verdict', w.verdict, 'implausible', w.implausible_skill,
        'reasons', w.reasons, 'validated_at', w.validated_at) order by w.symbol, w.horizon), '[]')
      from (
        select m.symbol, h.horizon, k.window_id, t.last_bar_time, e.divergence, t.verdict, t.implausible_skill, t.reasons,
          e.updated_at as validated_at
        from public.rollout_symbols m
        cross join unnest(m.horizons) h(horizon)
        cross join lateral (
          select x.metrics_id, x.window_id from public.vw_valid_windows x
          where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.config_hash = v.candidate_hash
          order by x.window_id desc limit 1
        ) k
        join public.ensemble_validation_metrics e on e.id = k.metrics_id
        join public.overfitting_tests t on t.metrics_id = k.metrics_id
        where m.rollout_id = v.id
      ) w),
    'triggers', internal.large_divergences(v),
    'dead_jobs', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(to_jsonb(j) - 'made_good' - 'rank' order by j.id)
        filter (where j.rank <= v_most), '[]'))
      from (
        select d.*, row_number() over (order by d.id desc) as rank
        from internal.rollout_dead_jobs(v.id, v.stage_started_at) d where d.finished_at <= v_until and not d.made_good
      ) j),
    'failed_runs', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('id', r.id, 'kind', r.kind,
        'code', r.error_code, 'message', r.error_message, 'finished_at', r.finished_at) order by r.finished_at, r.id)
        filter (where r.rank <= v_most), '[]'))
      from (
        select r.*, row_number() over (order by r.finished_at desc, r.id) as rank
        from public.runs r
        where r.status = 'failed' and r.finished_at >= v.stage_started_at and r.finished_at <= v_until
          -- An ingestion is of every symbol: it failed for the rollout if one of its dead jobs did.
          and case r.kind
            when 'ingestion' then exists (
              select from public.jobs j
              where j.run_id = r.id and j.status = 'dead' and internal.is_of_rollout(v.id, j.payload ->> 'symbol')
                and not internal.is_made_good(j))
            when 'rollout_evaluation' then true
            else exists (
              select from jsonb_array_elements_text(r.params -> 'symbols') n(symbol) where internal.is_of_rollout(v.id, n.symbol))
          end
      ) r),
    'errors', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('id', e.id, 'source', e.source,
        'code', e.code, 'message', e.message, 'occurred_at', e.occurred_at) order by e.id) filter (where e.rank <= v_most), '[]'))
      from (
        select e.*, row_number() over (order by e.id desc) as rank
        from public.errors e where e.occurred_at >= v.stage_started_at and e.occurred_at <= v_until
      ) e),
    'health', jsonb_build_object('captured', v.health_captured, 'now', internal.rollout_health(v.stage_started_at)),
    'evaluations', (
      select count(*) from public.rollout_evaluations e where e.rollout_id = v.id and e.stage = v.stage),
    'alerts_open', (
      select jsonb_build_object('count', count(*), 'latest', coalesce(jsonb_agg(jsonb_build_object('symbol', a.symbol, 'horizon', a.horizon,
        'level', a.level, 'opened_at', a.opened_at) order by a.id) filter (where a.rank <= v_most), '[]'))
      from (
        select a.*, row_number() over (order by a.id desc) as rank
        from public.divergence_alerts a
        where a.resolved_at is null and a.ensemble = 'candidate' and internal.is_of_rollout(v.id, a.symbol)
      ) a));
end
$$;
comment on function internal.rollout_evidence(timestamptz) is 'What public.rollout_evidence returns, as of p_now.';
revoke execute on function internal.rollout_evidence(timestamptz) from public;

-- rollout-evidence/functions/rollout_evidence.sql
create or replace function public.rollout_evidence() returns jsonb
language sql security definer set search_path = ''
as $$
  -- What has just come true, as far as there is time for it.
  select internal.compare_pairs(500);
  select internal.rollout_evidence();
$$;
comment on function public.rollout_evidence() is
  'All that a stage of the latest rollout is judged by, as one document whose schema is src/shared/contracts/rollout-evidence.ts: forecasts '
  'expected and there, sums over pairs of both ensembles from the same bars with what came true, windows, triggers that SQL alone finds (divergence), dead jobs, failed runs, errors, durations of '
  'queries, approvals. Of an ended rollout as it was at its end. Raises no_rollout.';
revoke execute on function public.rollout_evidence() from public, anon, authenticated;
grant execute on function public.rollout_evidence() to service_role;

-- rollout-evidence/triggers/register_pairs.sql
create or replace function internal.register_pairs() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v public.rollouts;
begin
  select r.* into v from public.rollouts r order by r.id desc limit 1;
  if v.id is null then
    return null;
  end if;
  with scored as (
    -- Both forecasts from the bar, whichever of them was scored.
    select distinct f.symbol_id, f.horizon, f.data_cutoff
    from changed n
    join public.forecasts f on f.id = n.forecast_id
    join public.rollout_symbols m on m.rollout_id = v.id and m.symbol_id = f.symbol_id and f.horizon = any (m.horizons)
    where f.config_hash = case f.ensemble when 'candidate' then v.candidate_hash else v.baseline_hash end
      and f.issued_at >= v.stage_started_at and f.issued_at <= coalesce(v.ended_at, 'infinity')
  )
  insert into public.forecast_pairs as p (
    candidate_id, baseline_id, rollout_id, stage, symbol_id, horizon, data_cutoff, outcome_time, issued_at, candidate_error, candidate_crps,
    candidate_covered, baseline_error, baseline_crps)
  select c.id, b.id, v.id, v.stage, c.symbol_id, c.horizon, c.data_cutoff, o.outcome_time, greatest(c.issued_at, b.issued_at), o.error, o.crps,
    array[o.covered_50, o.covered_80, o.covered_90, o.covered_95], b.error, b.crps
  from scored s
  join public.forecasts c
    on c.symbol_id = s.symbol_id and c.horizon = s.horizon and c.ensemble = 'candidate' and c.config_hash = v.candidate_hash
    and c.data_cutoff = s.data_cutoff and c.issued_at >= v.stage_started_at and c.issued_at <= coalesce(v.ended_at, 'infinity')
  join public.forecast_outcomes o on o.forecast_id = c.id
  left join lateral (
    select f.id, f.issued_at, x.error, x.crps
    from public.forecasts f
    join public.forecast_outcomes x on x.forecast_id = f.id
    where f.symbol_id = s.symbol_id and f.horizon = s.horizon and f.ensemble = 'baseline' and f.config_hash = v.baseline_hash
      and f.data_cutoff = s.data_cutoff and f.issued_at >= v.stage_started_at and f.issued_at <= coalesce(v.ended_at, 'infinity')
      and x.outcome_time = o.outcome_time
  ) b on true
  on conflict (candidate_id) do update set
    baseline_id = excluded.baseline_id, rollout_id = excluded.rollout_id, stage = excluded.stage, outcome_time = excluded.outcome_time,
    issued_at = excluded.issued_at, candidate_error = excluded.candidate_error, candidate_crps = excluded.candidate_crps,
    candidate_covered = excluded.candidate_covered, baseline_error = excluded.baseline_error, baseline_crps = excluded.baseline_crps,
    compared_at = null;
  return null;
end
$$;
comment on function internal.register_pairs() is
  'Trigger: forecasts of the latest rollout''s stage that were scored, issued before it ended, enter forecast_pairs, to be compared (anew).';
revoke execute on function internal.register_pairs() from public;

create trigger forecast_outcomes_make_pairs after insert on public.forecast_outcomes
referencing new table as changed for each statement execute function internal.register_pairs();

create trigger forecast_outcomes_change_pairs after update on public.forecast_outcomes
referencing new table as changed for each statement execute function internal.register_pairs();

-- rollout-evidence/views/vw_canary_board.sql
create or replace view public.vw_canary_board with (security_invoker = true) as
select
  r.id as rollout_id,
  r.status,
  r.stage,
  m.symbol,
  h.horizon,
  m.stage as joined_in,
  g.ensemble,
  f.data_cutoff as last_cutoff,
  f.issued_at as last_issued_at,
  p.session_date,
  p.state,
  coalesce(s.scored, 0) as scored,
  coalesce(s.pairs, 0) as pairs,
  s.candidate_rmse,
  s.baseline_rmse,
  s.candidate_rmse / nullif(s.baseline_rmse, 0) as rmse_ratio,
  s.candidate_crps,
  s.baseline_crps,
  s.candidate_crps / nullif(s.baseline_crps, 0) as crps_ratio,
  s.coverage_90,
  w.window_id,
  w.divergence,
  w.verdict,
  w.validated_at,
  a.alerts_open
from (select x.* from public.rollouts x order by x.id desc limit 1) r
join public.rollout_symbols m on m.rollout_id = r.id
cross join unnest(m.horizons) h(horizon)
join public.vw_ensemble_assignments g on g.symbol_id = m.symbol_id and g.horizon = h.horizon and g.is_serving
left join public.vw_forecast_presence p on p.symbol = m.symbol and p.horizon = h.horizon and p.ensemble = g.ensemble
left join lateral (
  select x.data_cutoff, x.issued_at
  from public.forecasts x
  where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.ensemble = g.ensemble
    and x.config_hash = case g.ensemble when 'candidate' then r.candidate_hash else r.baseline_hash end
  order by x.data_cutoff desc
  limit 1
) f on true
left join lateral (
  select q.symbol_id, q.horizon, count(*)::integer as scored, count(q.baseline_id)::integer as pairs,
    sqrt(avg(q.candidate_error * q.candidate_error) filter (where q.baseline_id is not null)) as candidate_rmse,
    sqrt(avg(q.baseline_error * q.baseline_error) filter (where q.baseline_id is not null)) as baseline_rmse,
    avg(q.candidate_crps) filter (where q.baseline_id is not null) as candidate_crps,
    avg(q.baseline_crps) filter (where q.baseline_id is not null) as baseline_crps,
    avg(q.candidate_covered[3]::integer)::double precision as coverage_90
  from public.forecast_pairs q
  where q.rollout_id = r.id and q.stage = r.stage
  group by q.symbol_id, q.horizon
) s on s.symbol_id = m.symbol_id and s.horizon = h.horizon
left join lateral (
  select e.window_id, e.divergence, t.verdict, e.updated_at as validated_at
  from public.vw_valid_windows v
  join public.ensemble_validation_metrics e on e.id = v.metrics_id
  join public.overfitting_tests t on t.metrics_id = e.id
  where v.symbol_id = m.symbol_id and v.horizon = h.horizon and v.config_hash = r.candidate_hash
  order by e.window_id desc
  limit 1
) w on true
cross join lateral (
  select count(*)::integer as alerts_open
  from public.divergence_alerts x
  where x.symbol_id = m.symbol_id and x.horizon = h.horizon and x.ensemble = 'candidate' and x.resolved_at is null
) a
order by m.symbol, h.horizon;
comment on view public.vw_canary_board is
  'The latest rollout by symbol and horizon that it has reached: who serves, the last forecast, candidate beside baseline over the forecasts of '
  'the present stage, or of the one that it ended in, that have come true, the latest window, open alerts.';
comment on column public.vw_canary_board.rollout_id is 'The rollout.';
comment on column public.vw_canary_board.status is 'running, completed or rolled_back.';
comment on column public.vw_canary_board.stage is 'Its present stage, or the one that it ended in.';
comment on column public.vw_canary_board.symbol is 'Ticker.';
comment on column public.vw_canary_board.horizon is 'Horizon.';
comment on column public.vw_canary_board.joined_in is 'The stage in which the symbol joined.';
comment on column public.vw_canary_board.ensemble is 'Who serves it: candidate or baseline.';
comment on column public.vw_canary_board.last_cutoff is 'Bar of the last forecast of the ensemble that serves, UTC; null without any.';
comment on column public.vw_canary_board.last_issued_at is 'When that was stored, UTC.';
comment on column public.vw_canary_board.session_date is 'The last session whose deadline has passed.';
comment on column public.vw_canary_board.state is
  'Of the forecast from it by the ensemble that serves: there, no_bars, bar_missing, forecast_missing; null when none is expected.';
comment on column public.vw_canary_board.scored is 'Forecasts of the candidate that were issued in the present stage and have come true.';
comment on column public.vw_canary_board.pairs is 'How many of them have one of the baseline from the same bar: what both are compared on.';
comment on column public.vw_canary_board.candidate_rmse is 'RMSE of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_rmse is 'RMSE of the baseline over the same pairs.';
comment on column public.vw_canary_board.rmse_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.candidate_crps is 'Mean CRPS of the candidate over the pairs, a log return; null without any.';
comment on column public.vw_canary_board.baseline_crps is 'Mean CRPS of the baseline over the same pairs.';
comment on column public.vw_canary_board.crps_ratio is 'Candidate over baseline: below 1 the candidate is better.';
comment on column public.vw_canary_board.coverage_90 is 'Share of the scored ones whose 90 % interval held the return; 0.90 when calibrated. Read it beside scored.';
comment on column public.vw_canary_board.window_id is 'The candidate''s latest window that still stands; null without one.';
comment on column public.vw_canary_board.divergence is 'Its divergence; a fraction.';
comment on column public.vw_canary_board.verdict is 'Its verdict: ok, overfitting or implausible.';
comment on column public.vw_canary_board.validated_at is 'When it was stored, UTC.';
comment on column public.vw_canary_board.alerts_open is 'Open divergence alerts of the candidate.';

revoke all on public.vw_canary_board from anon, authenticated, service_role;
grant select on public.vw_canary_board to authenticated, service_role;

-- rollout-decisions/functions/promotion_obstacles.sql
create or replace function internal.promotion_obstacles(p_rollout public.rollouts) returns text[]
language plpgsql stable set search_path = ''
as $$
declare
  v_evaluation public.rollout_evaluations := internal.latest_evaluation(p_rollout);
  v_obstacles text[] := '{}';
  v_noticed text;
  v_since timestamptz;
begin
  if now() < p_rollout.stage_due_at then
    v_obstacles := v_obstacles || format('stage %s lasts until %s', p_rollout.stage, internal.utc_text(p_rollout.stage_due_at));
  end if;
  if v_evaluation.id is null then
    return v_obstacles || format('stage %s was not evaluated yet', p_rollout.stage);
  end if;
  if v_evaluation.verdict <> 'pass' then
    v_obstacles := v_obstacles || format('evaluation %s says %s: %s', v_evaluation.id, v_evaluation.verdict, (
      select string_agg(format('%s (%s)', c.criterion ->> 'criterion', c.criterion ->> 'verdict'), ', ' order by c.place)
      from jsonb_array_elements(v_evaluation.criteria) with ordinality c(criterion, place)
      where c.criterion ->> 'verdict' <> 'pass'));
  end if;
  if v_evaluation.evidence_at < now() - interval '24 hours' then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, more than 24 hours ago', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  elsif v_evaluation.evidence_at > now() + interval '10 minutes' then
    v_obstacles := v_obstacles || format('evaluation %s is of %s, which is yet to come: the clock was set back', v_evaluation.id,
      internal.utc_text(v_evaluation.evidence_at));
  end if;
  -- What a transaction noticed is seen when it ends, minutes after its time at most: what is a little older than the evidence may not be in it.
  v_since := v_evaluation.evidence_at - interval '5 minutes';
  select string_agg(n.sentence, '; ' order by n.place, n.at, n.sentence) filter (where n.rank <= 20)
    || case when count(*) > 20 then format('; and %s more', count(*) - 20) else '' end
  into v_noticed
  from (
    select m.*, row_number() over (order by m.place, m.at, m.sentence) as rank
    from (
      select 1, e.id::double precision, format('%s: %s', replace(e.kind, '_', ' '), e.reason)
      from public.rollout_events e
      where e.rollout_id = p_rollout.id and e.kind in ('trigger', 'job_dead', 'forecast_missing', 'error')
        and (e.happened_at > v_since or e.id > coalesce(v_evaluation.last_event_id, 0))
      union all
      -- And what the watch, which comes every five minutes, has not noticed yet.
      select 2, extract(epoch from e.occurred_at), format('error: error %s of %s: %s', e.id, e.source, e.code)
      from public.errors e
      where e.occurred_at > v_since and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'error' and x.subject = format('error %s', e.id))
      union all
      select 2, extract(epoch from j.finished_at), format('job dead: job %s, %s: %s', j.id, concat_ws(' ', j.kind, j.symbol, j.horizon), j.code)
      from internal.rollout_dead_jobs(p_rollout.id, v_since) j
      where not j.made_good and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'job_dead' and x.subject = format('job %s %s', j.id, internal.utc_text(j.finished_at)))
      union all
      select 2, extract(epoch from f.deadline), format('forecast missing: %s was not there by %s',
        concat_ws(' ', f.symbol, f.horizon, f.ensemble, f.session_date), internal.utc_text(f.deadline))
      from internal.expected_forecasts(p_rollout.id, greatest(v_since, p_rollout.stage_started_at), now()) f
      where f.ensemble = 'candidate' and f.state in ('late', 'forecast_missing') and not exists (
        select from public.rollout_events x
        where x.rollout_id = p_rollout.id and x.kind = 'forecast_missing'
          and x.subject = internal.forecast_subject(f.symbol, f.horizon, f.ensemble, f.session_date, f.data_cutoff))
    ) m(place, at, sentence)
  ) n;
  if v_noticed is not null then
    v_obstacles := v_obstacles || format('noticed since evaluation %s or shortly before it: %s', v_evaluation.id, v_noticed);
  end if;
  return v_obstacles;
end
$$;
comment on function internal.promotion_obstacles(public.rollouts) is
  'What a promotion out of the present stage lacks, a sentence each; empty when it is ready: the stage has lasted long enough, and its latest '
  'evaluation passed, is at most 24 hours old, and later than anything that was noticed or has yet to be.';
revoke execute on function internal.promotion_obstacles(public.rollouts) from public;

-- rollout-watch/functions/alert_storm.sql
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

-- rollout-watch/functions/large_divergences.sql
create or replace function internal.large_divergences(p_rollout public.rollouts) returns jsonb
language sql stable set search_path = ''
as $$
  with largest as (
    select (internal.setting('rollout_criteria') ->> 'largest_divergence')::double precision as allowed
  )
  select coalesce(jsonb_agg(jsonb_build_object('trigger', 'divergence', 'subject', format('%s %s', e.symbol, e.horizon),
      'figures', jsonb_build_object('divergence', e.divergence, 'window_id', e.window_id, 'allowed', l.allowed),
      'sentence', format('the divergence of %s %s is %s %% in its latest window, above %s %%.', e.symbol, e.horizon,
        round((100 * e.divergence)::numeric, 2), round((100 * l.allowed)::numeric, 2)))
    order by e.symbol, e.horizon), '[]')
  from largest l
  cross join public.rollout_symbols m
  cross join unnest(m.horizons) h(horizon)
  cross join lateral (
    select v.metrics_id from public.vw_valid_windows v
    where v.symbol_id = m.symbol_id and v.horizon = h.horizon and v.config_hash = p_rollout.candidate_hash
    order by v.window_id desc limit 1
  ) w
  join public.ensemble_validation_metrics e on e.id = w.metrics_id
  where m.rollout_id = p_rollout.id and e.divergence > l.allowed
$$;
comment on function internal.large_divergences(public.rollouts) is
  'The trigger divergence for each symbol and horizon of a rollout whose candidate''s latest valid window is above largest_divergence; else []. '
  'The one place of this rule: the judge is given what it finds.';
revoke execute on function internal.large_divergences(public.rollouts) from public;

-- rollout-watch/functions/note_watched.sql
create or replace function internal.note_watched(p_rollout_id bigint, p_until timestamptz) returns void
language sql set search_path = ''
as $$
  -- Nobody is waited for: whoever decides on the rollout holds its row, and the next look then begins where this one did.
  update public.rollouts set watched_until = p_until
  where id = (select r.id from public.rollouts r where r.id = p_rollout_id for no key update skip locked)
$$;
comment on function internal.note_watched(bigint, timestamptz) is 'Notes up to when a rollout was watched, unless somebody is deciding on it.';
revoke execute on function internal.note_watched(bigint, timestamptz) from public;

-- rollout-watch/functions/notice_failures.sql
create or replace function internal.notice_failures(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_failure record;
  v_errors jsonb := '[]';
begin
  for v_failure in
    select j.*, w.subject
    from internal.rollout_dead_jobs(p_rollout.id, p_since) j
    cross join lateral (
      -- A job that was put back may die again.
      select format('job %s %s', j.id, internal.utc_text(j.finished_at)) as subject
    ) w
    where j.finished_at <= p_now and not exists (
      select from public.rollout_events e where (e.rollout_id, e.kind, e.subject) = (p_rollout.id, 'job_dead', w.subject))
    order by j.id
  loop
    perform internal.add_rollout_event(p_rollout.id, 'job_dead', 'automatic', format('job %s, %s, ended dead: %s: %s', v_failure.id,
        concat_ws(' ', v_failure.kind, v_failure.symbol, v_failure.horizon, v_failure.ensemble), v_failure.code, v_failure.message),
      to_jsonb(v_failure) - 'made_good' - 'subject', v_failure.subject);
  end loop;
  for v_failure in
    -- Without its words: whoever may read the log may not read errors.
    select e.id, e.source, e.code, e.occurred_at from public.errors e
    where e.occurred_at >= p_since and e.occurred_at <= p_now and not exists (
      select from public.rollout_events x
      where (x.rollout_id, x.kind, x.subject) = (p_rollout.id, 'error', format('error %s', e.id)))
    order by e.id
  loop
    if internal.add_rollout_event(p_rollout.id, 'error', 'automatic', format('error %s of %s: %s', v_failure.id, v_failure.source,
        v_failure.code), to_jsonb(v_failure), format('error %s', v_failure.id)) is not null then
      v_errors := v_errors || jsonb_build_object('id', v_failure.id, 'source', v_failure.source, 'code', v_failure.code);
    end if;
  end loop;
  if v_errors = '[]' then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('trigger', 'unhandled_error', 'subject', null,
    'figures', jsonb_build_object('errors', v_errors), 'sentence', format('%s: %s.',
      case jsonb_array_length(v_errors) when 1 then 'an unhandled error' else jsonb_array_length(v_errors) || ' unhandled errors' end, (
      select string_agg(format('%s of %s%s', k.code, k.source, case when k.times > 1 then format(' (%s times)', k.times) else '' end), ', '
        order by k.place)
      from (
        select e.value ->> 'code', e.value ->> 'source', count(*), min(e.place)
        from jsonb_array_elements(v_errors) with ordinality e(value, place)
        group by 1, 2
      ) k(code, source, times, place)))));
end
$$;
comment on function internal.notice_failures(public.rollouts, timestamptz, timestamptz) is
  'Records dead jobs and unhandled errors since p_since, each once (job_dead, error), those of a stage that was left before they '
  'were noticed too, and returns the trigger unhandled_error when there are new errors; else [].';
revoke execute on function internal.notice_failures(public.rollouts, timestamptz, timestamptz) from public;

-- rollout-watch/functions/notice_forecasts.sql
create or replace function internal.notice_forecasts(p_rollout public.rollouts, p_since timestamptz, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_forecast record;
  v_missing text[] := '{}';
begin
  for v_forecast in
    select to_jsonb(f) - 'forecasts' as figures, f.ensemble, f.deadline, w.kind, w.subject
    from internal.expected_forecasts(p_rollout.id, greatest(p_rollout.stage_started_at, p_since), p_now) f
    cross join lateral (
      select case f.state when 'bar_missing' then 'bars_missing' else f.state end as kind,
        internal.forecast_subject(f.symbol, f.horizon, case when f.state = 'forecast_missing' then f.ensemble end, f.session_date,
          f.data_cutoff) as subject
    ) w
    where (f.state = 'forecast_missing' or (f.state = 'bar_missing' and f.ensemble = 'candidate'))
      and not exists (
        select from public.rollout_events e where (e.rollout_id, e.kind, e.subject) = (p_rollout.id, w.kind, w.subject))
    order by f.deadline, f.symbol, f.horizon, f.ensemble
  loop
    if v_forecast.kind = 'bars_missing' then
      -- Neither ensemble could forecast from it: nothing that a rollback would mend.
      perform internal.add_rollout_event(p_rollout.id, v_forecast.kind, 'automatic', format('the bar of %s had not come by %s',
        v_forecast.subject, internal.utc_text(v_forecast.deadline)), v_forecast.figures - 'ensemble', v_forecast.subject);
    elsif internal.add_rollout_event(p_rollout.id, v_forecast.kind, 'automatic', format('%s was not there by %s', v_forecast.subject,
        internal.utc_text(v_forecast.deadline)), v_forecast.figures, v_forecast.subject) is not null
      and v_forecast.ensemble = 'candidate' then
      v_missing := v_missing || v_forecast.subject;
    end if;
  end loop;
  if cardinality(v_missing) = 0 then
    return '[]';
  end if;
  return jsonb_build_array(jsonb_build_object('trigger', 'missing_forecasts', 'subject', null,
    'figures', jsonb_build_object('missing', to_jsonb(v_missing)),
    'sentence', format('%s: %s.', case cardinality(v_missing) when 1 then 'a forecast of the candidate is missing'
      else cardinality(v_missing) || ' forecasts of the candidate are missing' end, array_to_string(v_missing, ', '))));
end
$$;
comment on function internal.notice_forecasts(public.rollouts, timestamptz, timestamptz) is
  'Records forecasts and bars of the stage that are missing past a deadline after p_since, each once (forecast_missing, '
  'bars_missing), and returns the trigger missing_forecasts when there are new ones of the candidate; else [].';
revoke execute on function internal.notice_forecasts(public.rollouts, timestamptz, timestamptz) from public;

-- rollout-watch/functions/watch_rollout.sql
create or replace function internal.watch_rollout(p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
  v_since timestamptz;
  v_present public.rollouts;
  v_lasting jsonb;
  v_triggers jsonb;
  v_new boolean := false;
  v_trigger record;
  v_reason text;
begin
  select r.* into v_rollout from public.rollouts r where r.status = 'running';
  if v_rollout.id is null then
    return jsonb_build_object('skipped', 'no rollout runs');
  end if;
  -- The first two are of what was not noticed before.
  -- What the last look saw it has recorded. What a transaction noted or stored is seen when that ends: two hours is longer than any takes.
  if v_rollout.watched_until is not null then
    v_since := greatest(v_rollout.started_at, least(v_rollout.watched_until, p_now) - interval '2 hours');
  end if;
  v_triggers := internal.notice_forecasts(v_rollout, coalesce(v_since, p_now - interval '7 days'), p_now)
    || internal.notice_failures(v_rollout, coalesce(v_since, v_rollout.started_at), p_now);
  v_new := v_triggers <> '[]';
  v_lasting := internal.large_divergences(v_rollout);
  v_triggers := v_triggers
    || internal.alert_storm(v_rollout, coalesce(v_since - interval '1 hour', v_rollout.stage_started_at), p_now) || v_lasting;
  if v_triggers = '[]' then
    perform internal.compare_pairs(500);
    perform internal.note_watched(v_rollout.id, p_now);
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;

  v_present := internal.lock_rollout();
  if v_present.id <> v_rollout.id or v_present.status <> 'running' then
    return jsonb_build_object('skipped', format('rollout %s was decided on meanwhile', v_rollout.id));
  end if;
  -- Not before: who locks the rollout and then its row would wait for one who does it the other way round.
  perform internal.note_watched(v_rollout.id, p_now);
  for v_trigger in
    select t.value, internal.trigger_subject(v_rollout.stage, t.value) as subject
    from jsonb_array_elements(v_triggers) t(value)
  loop
    v_new := internal.add_rollout_event(v_rollout.id, 'trigger', 'automatic', v_trigger.value ->> 'sentence', v_trigger.value,
      v_trigger.subject) is not null or v_new;
  end loop;
  -- What was recorded while automatic_rollback was false stays a record; a divergence goes on as long as its window.
  if internal.setting('automatic_rollback') <> 'true' or not v_new and v_lasting = '[]' then
    return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', false);
  end if;
  select string_agg(t.value ->> 'sentence', ' ' order by t.place) into v_reason
  from jsonb_array_elements(v_triggers) with ordinality t(value, place);
  perform internal.roll_back(v_rollout.id, 'automatic', v_reason, jsonb_build_object('triggers', v_triggers));
  return jsonb_build_object('rollout_id', v_rollout.id, 'triggers', v_triggers, 'rolled_back', true);
end
$$;
comment on function internal.watch_rollout(timestamptz) is
  'Looks at what has happened to the rollout that runs since it last looked, and two hours before: records missing forecasts and bars, dead jobs and unhandled errors, each once, and rolls back by itself, '
  'unless automatic_rollback is false, when forecasts of the candidate are missing, at an unhandled error, at more than '
  'critical_alerts_per_hour critical alerts and errors in an hour, and at a divergence above largest_divergence. {rollout_id, triggers, '
  'rolled_back}, or {skipped}. Compares pairs that wait, at most 500. Reconcile calls it.';
revoke execute on function internal.watch_rollout(timestamptz) from public;

-- schedule/functions/tick_job.sql
create or replace function internal.tick_job(p_job text, p_now timestamptz default now()) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_minute timestamptz := date_trunc('minute', p_now, 'UTC');
  v_calls text;
  v_result jsonb;
  v_error text;
  v_detail text;
begin
  if not internal.is_configured() then
    -- What falls due meanwhile is nobody's: the slots begin when there is somebody to call.
    update public.schedule_slots s set active_since = p_now where p_job = 'reconcile';
    perform internal.note_next_due(s.slot, p_now) from public.schedule_slots s where p_job = 'reconcile';
    return jsonb_build_object('skipped', 'Vault has no project_url');
  end if;
  -- Ticks of a later hour: the clock was set back, and their minutes come once more.
  if exists (select from public.cron_ticks t where t.job = p_job and t.ticked_at > v_minute + interval '10 minutes') then
    delete from public.cron_ticks t where t.job = p_job and t.ticked_at >= v_minute;
  end if;
  insert into public.cron_ticks (job, ticked_at) values (p_job, v_minute) on conflict (job, ticked_at) do nothing;
  if not found then
    return jsonb_build_object('repeated', true);
  end if;
  begin
    select t.calls into strict v_calls from public.schedule_ticks t where t.job = p_job;
    execute format('select internal.%I($1)', v_calls) into v_result using p_now;
  -- others leaves out what a timeout or an operator cancels, and a failed assertion: the tick would leave no row.
  exception when query_canceled or assert_failure or others then
    get stacked diagnostics v_detail = pg_exception_detail;
    v_error := format('%s (SQLSTATE %s)', sqlerrm, sqlstate);
    raise warning 'plumbline-%: %', p_job, v_error;
    perform internal.record_cron_error(p_job, v_error, sqlstate, v_detail);
  end;
  update public.cron_ticks set result = v_result, error = v_error where job = p_job and ticked_at = v_minute;
  return coalesce(v_result, jsonb_build_object('error', v_error));
end
$$;
comment on function internal.tick_job(text, timestamptz) is
  'Cron''s tick of a row of schedule_ticks: records it, does the work once a minute at most, and records an error (also in '
  'errors) instead of losing the tick with it. Does and records nothing until Vault has project_url.';
revoke execute on function internal.tick_job(text, timestamptz) from public;

