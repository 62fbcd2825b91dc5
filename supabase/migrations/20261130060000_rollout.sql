-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- rollout/tables/rollouts.sql
-- A candidate ensemble on its way from a few symbols to all, beside the baseline.
create table public.rollouts (
  id bigint generated always as identity primary key,
  status text not null default 'running',
  stage text not null default 'canary',
  candidate_hash text not null,
  baseline_hash text not null,
  code_version text not null,
  commit_hash text,
  tests jsonb,
  started_at timestamptz not null default now(),
  stage_started_at timestamptz not null default now(),
  stage_due_at timestamptz not null,
  health_captured jsonb not null default '{}',
  ended_at timestamptz,
  ended_because text,
  constraint rollouts_status_known check (status in ('running', 'completed', 'rolled_back')),
  constraint rollouts_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollouts_hashes_are_hex check (candidate_hash ~ '^[0-9a-f]{16,64}$' and baseline_hash ~ '^[0-9a-f]{16,64}$'),
  constraint rollouts_commit_is_hex check (commit_hash ~ '^[0-9a-f]{7,64}$'),
  constraint rollouts_tests_are_counts check (
    tests is null or coalesce(tests ->> 'passed' ~ '^[0-9]{1,9}$' and tests ->> 'failed' ~ '^[0-9]{1,9}$'
      and jsonb_typeof(tests -> 'passed') = 'number' and jsonb_typeof(tests -> 'failed') = 'number', false)
  ),
  -- What the judge could not read it would refuse at every evaluation.
  constraint rollouts_health_is_durations check (
    jsonb_typeof(health_captured) = 'object'
    and not jsonb_path_exists(health_captured, '$.* ? (!(@.p95_ms.type() == "number" && @.n.type() == "number"))')
  ),
  constraint rollouts_ended_exactly_when_not_running check ((status = 'running') = (ended_at is null)),
  constraint rollouts_ended_with_reason check ((ended_at is null) = (ended_because is null)),
  constraint rollouts_completed_in_full check (status <> 'completed' or stage = 'full'),
  constraint rollouts_stage_is_due_after_its_start check (stage_due_at >= stage_started_at)
);
comment on table public.rollouts is
  'Rollouts of a candidate ensemble. The latest one decides which ensemble serves: see vw_serving_ensembles.';
comment on column public.rollouts.id is 'Order of deploying.';
comment on column public.rollouts.status is 'running; completed: the candidate serves everything; rolled_back: the baseline does.';
comment on column public.rollouts.stage is 'canary, limited or full: which symbols and horizons the candidate has reached.';
comment on column public.rollouts.candidate_hash is 'config_hash of the candidate.';
comment on column public.rollouts.baseline_hash is 'config_hash of the baseline it is compared with.';
comment on column public.rollouts.code_version is 'Version of the code that deployed it.';
comment on column public.rollouts.commit_hash is 'Commit that was deployed, as far as preflight knew it.';
comment on column public.rollouts.tests is 'Result of that commit''s tests, from preflight: {passed, failed}; null: they were not run.';
comment on column public.rollouts.started_at is 'Deployed, UTC.';
comment on column public.rollouts.stage_started_at is 'Begin of the present stage, UTC: its criteria look at nothing before it, but for windows.';
comment on column public.rollouts.stage_due_at is 'Until when the stage lasts at least, UTC; extend_rollout moves it.';
comment on column public.rollouts.health_captured is 'Durations of the monitoring queries before anything was changed: {query: {p95_ms, n}}.';
comment on column public.rollouts.ended_at is 'Completed or rolled back, UTC.';
comment on column public.rollouts.ended_because is 'Why.';

create unique index rollouts_one_runs on public.rollouts (status) where status = 'running';

alter table public.rollouts enable row level security;
create policy rollouts_are_read_by_users on public.rollouts for select to authenticated using (true);
revoke all on public.rollouts from anon, authenticated, service_role;
grant select on public.rollouts to authenticated, service_role;

-- rollout/tables/rollout_events.sql
create table public.rollout_events (
  id bigint generated always as identity primary key,
  rollout_id bigint references public.rollouts (id),
  happened_at timestamptz not null default now(),
  kind text not null,
  stage text,
  actor text not null,
  reason text not null,
  figures jsonb not null default '{}',
  subject text,
  constraint rollout_events_kind_known check (kind in (
    'deployed', 'evaluated', 'promoted', 'completed', 'rolled_back', 'extended', 'approved', 'note', 'kill_switch_on', 'kill_switch_off',
    'trigger', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'health_captured')),
  constraint rollout_events_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_events_actor_is_named check (btrim(actor) <> '' and length(actor) <= 200),
  constraint rollout_events_reason_is_given check (btrim(reason) <> '')
);
comment on table public.rollout_events is 'The canary log: who, when, why, on which figures. Append-only: a row once written stays.';
comment on column public.rollout_events.id is 'Order.';
comment on column public.rollout_events.rollout_id is 'The rollout; null for what concerns none.';
comment on column public.rollout_events.happened_at is 'When, UTC.';
comment on column public.rollout_events.kind is
  'deployed, promoted, completed, rolled_back, extended, approved, note, kill_switch_on, kill_switch_off: an operator''s act, or an '
  'automatic one. evaluated: the verdict changed. trigger: something that rolls back was met. forecast_missing, bars_missing, job_dead, '
  'error: what was noticed. health_captured: durations of queries taken by deploy.';
comment on column public.rollout_events.stage is 'The stage at that time.';
comment on column public.rollout_events.actor is 'Who: a person''s name, or automatic.';
comment on column public.rollout_events.reason is 'Why, or what happened, in words.';
comment on column public.rollout_events.figures is 'On which figures.';
comment on column public.rollout_events.subject is 'What a noticed thing is about, so that it is recorded once: AAPL 1D 2026-11-20.';

create unique index rollout_events_noticed_once on public.rollout_events (rollout_id, kind, subject) where subject is not null;
create index rollout_events_by_time on public.rollout_events (happened_at desc);

alter table public.rollout_events enable row level security;
create policy rollout_events_are_read_by_users on public.rollout_events for select to authenticated using (true);
revoke all on public.rollout_events from anon, authenticated, service_role;
grant select on public.rollout_events to authenticated, service_role;

-- rollout/tables/rollout_symbols.sql
create table public.rollout_symbols (
  rollout_id bigint not null references public.rollouts (id),
  symbol_id bigint not null,
  symbol text not null,
  stage text not null,
  horizons text[] not null,
  ensemble text not null default 'candidate',
  joined_at timestamptz not null default now(),
  primary key (rollout_id, symbol_id),
  constraint rollout_symbols_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol),
  constraint rollout_symbols_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_symbols_horizons_known check (horizons <@ array['1D', '4h', '8h'] and cardinality(horizons) > 0),
  constraint rollout_symbols_ensemble_known check (ensemble in ('candidate', 'baseline'))
);
comment on table public.rollout_symbols is 'The symbols that a rollout has reached: one row each; every other symbol is served by the baseline.';
comment on column public.rollout_symbols.rollout_id is 'The rollout.';
comment on column public.rollout_symbols.symbol_id is 'The symbol.';
comment on column public.rollout_symbols.symbol is 'Its ticker.';
comment on column public.rollout_symbols.stage is 'The stage at which it joined.';
comment on column public.rollout_symbols.horizons is 'The horizons that the candidate is forecast and served on; later stages add to them.';
comment on column public.rollout_symbols.ensemble is 'What serves it on those horizons: candidate, or baseline after a rollback.';
comment on column public.rollout_symbols.joined_at is 'Joined, UTC.';

create index rollout_symbols_by_symbol on public.rollout_symbols (symbol_id, symbol);

alter table public.rollout_symbols enable row level security;
create policy rollout_symbols_are_read_by_users on public.rollout_symbols for select to authenticated using (true);
revoke all on public.rollout_symbols from anon, authenticated, service_role;
grant select on public.rollout_symbols to authenticated, service_role;

-- rollout/functions/add_rollout_event.sql
create or replace function internal.add_rollout_event(
  p_rollout_id bigint, p_kind text, p_actor text, p_reason text, p_figures jsonb default '{}', p_subject text default null
) returns bigint
language sql set search_path = ''
as $$
  insert into public.rollout_events (rollout_id, kind, stage, actor, reason, figures, subject)
  select p_rollout_id, p_kind, (select r.stage from public.rollouts r where r.id = p_rollout_id), p_actor, p_reason,
    coalesce(p_figures, '{}'), p_subject
  on conflict (rollout_id, kind, subject) where subject is not null do nothing
  returning id
$$;
comment on function internal.add_rollout_event(bigint, text, text, text, jsonb, text) is
  'Adds a row to the canary log and returns its id; null when one of this kind with this subject is there.';
revoke execute on function internal.add_rollout_event(bigint, text, text, text, jsonb, text) from public;

-- rollout/functions/is_of_rollout.sql
create or replace function internal.is_of_rollout(p_rollout_id bigint, p_symbol text) returns boolean
language sql stable set search_path = ''
as $$
  select p_symbol is null or exists (
    select from public.rollout_symbols m where m.rollout_id = p_rollout_id and m.symbol = p_symbol)
$$;
comment on function internal.is_of_rollout(bigint, text) is
  'Whether what concerns a symbol concerns a rollout: it has reached the symbol, or no single symbol is meant (null).';
revoke execute on function internal.is_of_rollout(bigint, text) from public;

-- rollout/functions/lock_rollout.sql
create or replace function internal.lock_rollout() returns public.rollouts
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts;
begin
  -- Of the whole matter and not of a row: a first deploy has no row yet.
  perform pg_advisory_xact_lock(hashtext('plumbline.rollout'));
  select r.* into v_rollout from public.rollouts r order by r.id desc limit 1 for no key update;
  return v_rollout;
end
$$;
comment on function internal.lock_rollout() is
  'The latest rollout, for a decision on it: until the transaction ends nobody else decides. Null when nothing was ever deployed.';
revoke execute on function internal.lock_rollout() from public;

-- rollout/functions/reach_stage.sql
create or replace function internal.reach_stage(p_rollout_id bigint, p_stage text) returns text[]
language sql set search_path = ''
as $$
  with known (stages, horizons) as (
    select array['canary', 'limited', 'full'], array['1D', '4h', '8h']
  ), reached as (
    insert into public.rollout_symbols as m (rollout_id, symbol_id, symbol, stage, horizons)
    select p_rollout_id, s.id, s.symbol, p_stage, w.horizons
    from public.symbols s
    cross join known
    cross join lateral (
      select array_agg(k.horizon order by k.place) as horizons
      from unnest(known.horizons) with ordinality k(horizon, place)
      where k.horizon = any (s.horizons) and internal.setting('rollout_stages') -> p_stage -> 'horizons' ? k.horizon
    ) w
    where s.active and w.horizons is not null
      and array_position(known.stages, s.stage) <= array_position(known.stages, p_stage)
    on conflict (rollout_id, symbol_id) do update set horizons = (
      select array_agg(k.horizon order by k.place)
      from known, unnest(known.horizons) with ordinality k(horizon, place)
      where k.horizon = any (m.horizons || excluded.horizons))
    where not excluded.horizons <@ m.horizons
    returning m.symbol
  )
  select coalesce(array_agg(r.symbol order by r.symbol), '{}') from reached r
$$;
comment on function internal.reach_stage(bigint, text) is
  'Takes a rollout to the symbols of a stage and of those before it, on what horizons of the stage they have; returns the symbols that are new '
  'to it or have further horizons.';
revoke execute on function internal.reach_stage(bigint, text) from public;

-- rollout/functions/require_running_rollout.sql
create or replace function internal.require_running_rollout() returns public.rollouts
language plpgsql set search_path = ''
as $$
declare
  v_rollout public.rollouts := internal.lock_rollout();
begin
  if v_rollout.id is null then
    perform internal.refuse(409, 'no_rollout', 'No rollout was ever started: deploy starts one');
  elsif v_rollout.status = 'rolled_back' then
    perform internal.refuse(409, 'rolled_back', format('Rollout %s does not run any more: %s', v_rollout.id,
      internal.decision_text(v_rollout.id, '{rolled_back}')));
  elsif v_rollout.status = 'completed' then
    perform internal.refuse(409, 'no_rollout', format('Rollout %s does not run any more: %s', v_rollout.id,
      internal.decision_text(v_rollout.id, '{completed}')));
  end if;
  return v_rollout;
end
$$;
comment on function internal.require_running_rollout() is
  'The rollout that runs, locked as by lock_rollout; raises no_rollout, or rolled_back with who, when and why.';
revoke execute on function internal.require_running_rollout() from public;

-- rollout/functions/rollout_status.sql
create or replace function public.rollout_status() returns jsonb
language plpgsql stable security definer set search_path = '' set timezone = 'UTC'
as $$
declare
  v_rollout public.rollouts;
  v_obstacles text[];
begin
  select r.* into v_rollout from public.rollouts r order by r.id desc limit 1;
  if v_rollout.status = 'running' then
    v_obstacles := internal.promotion_obstacles(v_rollout);
  end if;
  return jsonb_build_object(
    'rollout', case when v_rollout.id is not null then to_jsonb(v_rollout) end,
    'publishing', internal.setting('publishing_enabled'),
    'automatic_rollback', internal.setting('automatic_rollback'),
    'decision', case when v_rollout.status = 'running' then internal.rollout_decision(v_rollout, v_obstacles) end,
    'not_ready', to_jsonb(v_obstacles),
    'symbols', (
      select coalesce(jsonb_agg(jsonb_build_object('symbol', m.symbol, 'stage', m.stage, 'horizons', m.horizons, 'ensemble', m.ensemble)
        order by m.symbol), '[]')
      from public.rollout_symbols m where m.rollout_id = v_rollout.id),
    'latest_evaluation', (
      select to_jsonb(e) from public.rollout_evaluations e where e.rollout_id = v_rollout.id
      -- The one that a promotion goes by, as internal.latest_evaluation has it; else one of the stage before.
      order by e.stage = v_rollout.stage desc, e.evidence_at <= now() + interval '10 minutes' desc, e.evidence_at desc, e.id desc limit 1),
    'events', (
      select coalesce(jsonb_agg(to_jsonb(e) || jsonb_build_object('figures', e.figures - 'last_forecasts' - 'evaluation')
        order by e.id desc), '[]')
      from (
        select x.* from public.rollout_events x
        where x.rollout_id = v_rollout.id or x.rollout_id is null
        order by x.id desc limit 20
      ) e),
    'board', (select coalesce(jsonb_agg(to_jsonb(b) order by b.symbol, b.horizon), '[]') from public.vw_canary_board b));
end
$$;
comment on function public.rollout_status() is
  'How the latest rollout stands: {rollout (its row, or null), publishing, automatic_rollback, decision (roll back, do not promote, '
  'promote or hold), not_ready (what a promotion lacks; both null unless it runs), symbols, latest_evaluation (its row, or null), events (the last 20, newest first, without their longest figures), board (rows of '
  'vw_canary_board)}.';
revoke execute on function public.rollout_status() from public, anon, authenticated;
grant execute on function public.rollout_status() to service_role;

-- rollout/functions/serving_ensemble.sql
create or replace function internal.serving_ensemble(p_symbol_id bigint, p_horizon text) returns public.ensembles
language sql stable set search_path = ''
as $$
  select e.*
  from public.vw_ensemble_assignments a
  join public.ensembles e on e.ensemble = a.ensemble
  where a.symbol_id = p_symbol_id and a.horizon = p_horizon and a.is_serving and e.active
$$;
comment on function internal.serving_ensemble(bigint, text) is
  'The ensemble that serves a symbol and horizon, also one that is not listed; null when it is not active, or has no configuration.';
revoke execute on function internal.serving_ensemble(bigint, text) from public;

-- rollout/functions/stage_length.sql
create or replace function internal.stage_length(p_stage text) returns interval
language sql stable set search_path = ''
as $$
  select make_interval(secs => 86400 * (internal.setting('rollout_stages') -> p_stage ->> 'days')::double precision)
$$;
comment on function internal.stage_length(text) is 'How long a stage lasts at least, by the setting rollout_stages.';
revoke execute on function internal.stage_length(text) from public;

-- rollout/triggers/refuse_change.sql
create or replace function internal.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.refuse(409, 'append_only', format('%s is append-only: a row once written is neither changed nor deleted', tg_table_name));
  return null;
end
$$;
comment on function internal.refuse_change() is 'Trigger: refuses to change or delete the rows of an append-only table (append_only).';
revoke execute on function internal.refuse_change() from public;

create trigger rollout_events_are_append_only before update or delete on public.rollout_events
for each row execute function internal.refuse_change();

create trigger rollout_events_are_never_emptied before truncate on public.rollout_events
for each statement execute function internal.refuse_change();

-- rollout/views/vw_ensemble_assignments.sql
-- Who serves and what is planned: one rule, from the latest rollout and the registry. Promoting and rolling back change rows of rollouts
-- and rollout_symbols; what serves follows in the same transaction.
create or replace view public.vw_ensemble_assignments with (security_invoker = true) as
select
  s.id as symbol_id,
  s.symbol,
  h.horizon,
  n.ensemble,
  s.active and h.horizon = any (s.horizons) as is_listed,
  coalesce(e.active, false) and case
    when r.id is null then true
    when n.ensemble = 'baseline' then true
    when not candidate.is_the_rollouts then false
    when r.status = 'running' then m.rollout_id is not null
    -- Completed: the baseline goes on beside it, so that a rollback is possible at once.
    else r.status = 'completed'
  end as is_planned,
  n.ensemble = w.ensemble as is_serving,
  w.because,
  m.joined_at as reached_at
from public.symbols s
cross join unnest(array['1D', '4h', '8h']) h(horizon)
left join (
  select x.id, x.status, x.stage, x.ended_because, x.candidate_hash from public.rollouts x order by x.id desc limit 1
) r on true
cross join lateral (
  -- What was put in its place by hand nobody has judged.
  select coalesce(bool_or(c.active), false) as is_active, coalesce(bool_or(c.active and c.config_hash = r.candidate_hash), false) as is_the_rollouts
  from public.ensembles c where c.ensemble = 'candidate'
) candidate
left join public.rollout_symbols m on m.rollout_id = r.id and m.symbol_id = s.id and h.horizon = any (m.horizons)
cross join lateral (
  select
    case
      when r.id is null then case when candidate.is_active then 'candidate' else 'baseline' end
      when not candidate.is_the_rollouts then 'baseline'
      when r.status = 'completed' then 'candidate'
      when r.status = 'running' then coalesce(m.ensemble, 'baseline')
      else 'baseline'
    end as ensemble,
    case
      when r.id is null and candidate.is_active then 'no rollout yet, and a candidate is active'
      when r.id is null then 'no rollout yet, and no candidate is active'
      when r.status = 'rolled_back' then format('rollout %s was rolled back: %s', r.id, r.ended_because)
      when not candidate.is_the_rollouts then format('the candidate is not the one of rollout %s any more, or not active', r.id)
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

-- rollout/views/vw_serving_ensembles.sql
create or replace view public.vw_serving_ensembles with (security_invoker = true) as
select a.symbol_id, a.symbol, a.horizon, a.ensemble, a.because, a.reached_at
from public.vw_ensemble_assignments a
where a.is_listed and a.is_serving;
comment on view public.vw_serving_ensembles is 'Which ensemble serves: one row per active symbol and horizon of its own.';
comment on column public.vw_serving_ensembles.symbol_id is 'The symbol.';
comment on column public.vw_serving_ensembles.symbol is 'Ticker.';
comment on column public.vw_serving_ensembles.horizon is 'Horizon.';
comment on column public.vw_serving_ensembles.ensemble is 'candidate or baseline: whose forecasts current_forecasts shows.';
comment on column public.vw_serving_ensembles.because is 'Why: no rollout yet, or how far the latest one is.';
comment on column public.vw_serving_ensembles.reached_at is 'When the latest rollout came to the symbol, UTC; null where it has not.';

revoke all on public.vw_serving_ensembles from anon, authenticated, service_role;
grant select on public.vw_serving_ensembles to authenticated, service_role;
