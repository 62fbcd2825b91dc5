-- What every other file draws on, in a schema of its own: the plan, the bars' times by the calendar, and what is drawn from.
create schema simulated;

-- One row: what is asked for. See PrefillOptions.
create table simulated.plan as
select p.symbols, p.sessions, p.windows, p.artifact_bytes, p.stage_sessions, p.code_version, p.candidate_hash, p.baseline_hash, now() as at
from jsonb_to_record($plan$PLAN$plan$) as p(
  symbols integer, sessions integer, windows integer, artifact_bytes integer, stage_sessions integer, code_version text,
  candidate_hash text, baseline_hash text);

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

-- Sessions from long before the first one to a week ahead, which the targets of the last forecasts need.
create table simulated.session as
with every_session as (
  select o.session_date, o.ends_at, case when o.ends_at + interval '105 minutes' <= p.at
    then row_number() over (partition by o.ends_at + interval '105 minutes' <= p.at order by o.session_date desc) end as age
  from simulated.plan p
  cross join simulated.history h
  cross join internal.forecast_origins(
    (p.at - make_interval(days => (1.5 * (p.sessions + greatest(h.daily, h.halves)))::integer + 30))::date, p.at::date + 10) o
  where o.horizon = '1D'
)
select e.session_date, e.ends_at as close, e.age, p.sessions - e.age as place
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
where s.age <= p.sessions + case t.horizon when '1D' then h.daily when '4h' then h.halves else h.halves - 1 end;
create unique index on simulated.bar (horizon, n);
create index on simulated.bar (place);

-- Quantiles of 200 forecasts, drawn once: making them for each would take most of the time.
create table simulated.template as
select t.k, t.mean, t.scale, (
  select array_agg(t.mean + 0.55 * t.scale * ln(q / (200.0::double precision - q)) order by q) from generate_series(1, 199) q
) as quantiles
from (
  select k, 0.002 * sin(k::double precision) as mean, 0.008 + 0.006 * abs(sin(7.0 * k::double precision)) as scale
  from generate_series(0, 199) k
) t;
create unique index on simulated.template (k);
create table simulated.levels as select array_agg(i / 200.0::double precision order by i) as quantile_levels from generate_series(1, 199) i;

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
