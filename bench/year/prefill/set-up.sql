-- What every other file draws on, in a schema of its own: the plan, the bars' times by the calendar, and what is drawn from.
create schema simulated;

create table simulated.ensemble as
select e.* from jsonb_to_recordset($plan$ENSEMBLES$plan$) as e(ensemble text, configuration jsonb, config_hash text);
select internal.store_configuration(e.config_hash, e.configuration) from simulated.ensemble e;
insert into public.ensembles (ensemble, config_hash) select e.ensemble, e.config_hash from simulated.ensemble e
on conflict (ensemble) do update set config_hash = excluded.config_hash, active = true;

-- One row: what is asked for. See PrefillOptions.
create table simulated.plan as
select p.symbols, p.sessions, p.windows, p.artifact_bytes, p.stage_sessions, p.days_ahead, p.rollout, p.code_version, p.candidate_hash, p.baseline_hash, now() as at
from jsonb_to_record($plan$PLAN$plan$) as p(
  symbols integer, sessions integer, windows integer, artifact_bytes integer, stage_sessions integer, days_ahead integer, rollout boolean,
  code_version text, candidate_hash text, baseline_hash text);

create table simulated.size as
select h.horizon, (w.value ->> 'train')::integer as train, (w.value ->> 'validation')::integer as validation, (w.value ->> 'test')::integer as test,
  (w.value ->> 'step')::integer as step, w.value as sizes
from jsonb_array_elements_text($plan$PLAN$plan$::jsonb -> 'horizons') h(horizon)
join jsonb_each(internal.setting('window_sizes')) w on w.key = h.horizon;

-- Bars that the windows need before the first session.
create table simulated.history as
select max(s.train + s.validation + s.test + (p.windows - 1) * s.step) filter (where s.horizon = '1D') as daily,
  -- As many sessions of halves as the bars of 8h are made from.
  greatest(max(s.train + s.validation + s.test + (p.windows - 1) * s.step) filter (where s.horizon = '8h') + 1,
    (max(s.train + s.validation + s.test + (p.windows - 1) * s.step) filter (where s.horizon = '4h') + 1) / 2) as halves
from simulated.size s cross join simulated.plan p;

-- Sessions by place: below 0 history, from 0 on forecast, from plan.sessions on still to come (a week at least, which targets need).
create table simulated.session as
with every_session as (
  select o.session_date, o.ends_at, row_number() over (order by o.session_date) as ordinal,
    o.ends_at + interval '105 minutes' <= p.at as is_over
  from simulated.plan p
  cross join simulated.history h
  cross join internal.forecast_origins(
    (p.at - make_interval(days => (1.5 * (p.sessions + greatest(h.daily, h.halves)))::integer + 30))::date, p.at::date + p.days_ahead + 10) o
  where o.horizon = '1D'
)
select e.session_date, e.ends_at as close,
  (p.sessions - 1 + e.ordinal - max(e.ordinal) filter (where e.is_over) over ())::integer as place
from every_session e cross join simulated.plan p;

create table simulated.bar as
with every_bar as (
  select o.horizon, o.data_cutoff as bar_time, o.ends_at, o.session_date, true as is_origin
  from simulated.session s cross join internal.forecast_origins(s.session_date, s.session_date) o
  where o.horizon in (select z.horizon from simulated.size z)
  union all
  -- A bar of 8h ends with every first half, a half day's too, where none is issued.
  select '8h', internal.new_york_time(s.session_date, '09:30'), internal.new_york_time(s.session_date, '13:00'), s.session_date, false
  from simulated.session s
  where internal.is_half_day(s.session_date) and '8h' in (select z.horizon from simulated.size z)
), targeted as (
  select b.*, lead(b.bar_time) over w as next_bar_time, lead(b.ends_at) over w as target_time
  from every_bar b window w as (partition by b.horizon order by b.bar_time)
)
select t.horizon, row_number() over (partition by t.horizon order by t.bar_time)::integer - 1 as n, t.bar_time, t.ends_at, t.session_date,
  t.is_origin and s.place >= 0 as is_origin, s.place, t.next_bar_time, t.target_time,
  case when s.place >= 0 then t.ends_at + interval '31 minutes' else f.began - interval '1 day' end as stored_at
from targeted t
join simulated.session s on s.session_date = t.session_date
cross join simulated.plan p
cross join simulated.history h
cross join (select min(x.close) as began from simulated.session x where x.place >= 0) f
where -s.place <= case t.horizon when '1D' then h.daily when '4h' then h.halves else h.halves - 1 end;
create unique index on simulated.bar (horizon, n);
create index on simulated.bar (place);

-- What 200 forecasts say, drawn once: drawing it for each would take most of the time.
create table simulated.template as
select t.k, t.mean, t.scale, 1 / (1 + exp(-t.mean / (0.55 * t.scale))) as probability_up, (
    select array_agg(t.mean + 0.55 * t.scale * ln(q / (200.0::double precision - q)) order by q) from generate_series(1, 199) q
  ) as quantiles,
  l.levels, internal.quantile_levels_id(l.levels) as quantile_levels_id, (
    select jsonb_object_agg(e.ensemble, e.members)
    from (
      select x.ensemble, jsonb_agg(jsonb_build_object('name', w.key, 'weight', w.value, 'mean', t.mean, 'scale', t.scale, 'probability_up', 0.5123456,
        'direction', 'neutral', 'mean_contribution', t.mean * (w.value #>> '{}')::double precision,
        'scale_contribution', t.scale * (w.value #>> '{}')::double precision,
        'hyperparameters', coalesce(x.configuration #> array['grids', w.key, '0'], '{}'))) as members
      from simulated.ensemble x cross join jsonb_each(x.configuration -> 'weights') w
      group by x.ensemble
    ) e
  ) as members, p.code_version
from simulated.plan p
cross join (
  select k, 0.002 * sin(k::double precision) as mean, 0.008 + 0.006 * abs(sin(7.0 * k::double precision)) as scale
  from generate_series(0, 199) k
) t
cross join (select array_agg(i / 200.0::double precision order by i) as levels from generate_series(1, 199) i) l;
create unique index on simulated.template (k);

-- Fitted members are base64, which does not compress.
create table simulated.artifact_state as
select k, jsonb_build_object('members', (
  select string_agg(encode(sha512(format('%s:%s', k, i)::bytea), 'base64'), '')
  from simulated.plan p, generate_series(1, greatest(p.artifact_bytes / 88, 1)) i)) as state
from generate_series(0, 15) k;

create function simulated.price(p_symbol integer, p_n integer) returns double precision
language sql immutable
as $$
  select 100 * exp(0.3 * sin(p_n / 90.0::double precision + p_symbol)
    + 0.012 * ((hashint8extended(p_symbol::bigint * 1000003 + p_n, 7) & 1023) / 512.0::double precision - 1))
$$;

-- The files below fill it for the symbols that they are about.
create table simulated.subject (place integer primary key, symbol_id bigint not null, symbol text not null);
