-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- Made by hand: tables.
alter table public.symbols add column covariate text;
alter table public.symbols add constraint symbols_covariate_known check (covariate in ('level', 'range')) not valid;
alter table public.symbols add constraint symbols_covariates_are_not_forecast check (covariate is null or not active) not valid;
comment on column public.symbols.covariate is
  'Set by register_covariate for a symbol that is read beside others and that no schedule forecasts. level: its closes alone count, and open, high and low are '
  'stored as the close. range: its bars are stored whole. Null: a symbol like any other, which ensembles may read as well.';
comment on column public.bars.provider is 'Where the bar came from: csv, alpaca, tiingo, cboe.';
comment on column public.configurations.configuration is 'Members'' weights, grids, mean factors, companions, covariates, refit interval and seed.';
comment on column public.forecasts.quality_notes is
  'What to know before trusting it: [{code, sentence, figures}], code one of stale_data, event, gap, off_calendar, repeated_prices, '
  'repeated_rows, likely_split, unexplained_jump, companion_left_out, covariate_left_out, not_validated, overfitting, implausible, '
  'fallback, few_outcomes.';

-- configuration/functions/is_bar_source.sql
create or replace function internal.is_bar_source(p_value jsonb) returns boolean
language plpgsql immutable set search_path = ''
as $$
begin
  if jsonb_typeof(p_value) <> 'object' or (case p_value ->> 'provider'
    when 'alpaca' then p_value - array['provider', 'feed', 'adjustment', 'first_date'] = '{}'
      and p_value -> 'feed' in ('"iex"', '"sip"')
      and p_value -> 'adjustment' in ('"raw"', '"split"', '"dividend"', '"all"')
    when 'tiingo' then p_value - array['provider', 'adjustment', 'first_date'] = '{}'
      and p_value -> 'adjustment' in ('"raw"', '"all"')
    when 'cboe' then p_value - array['provider', 'first_date'] = '{}'
  end) is not true then
    return false;
  end if;
  if not p_value ? 'first_date' then
    return true;
  end if;
  if jsonb_typeof(p_value -> 'first_date') <> 'string' or p_value ->> 'first_date' !~ '^(19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}$' then
    return false;
  end if;
  perform (p_value ->> 'first_date')::date;
  return true;
exception when datetime_field_overflow then
  return false;
end
$$;
comment on function internal.is_bar_source(jsonb) is
  'Whether a value names a provider that scheduled ingestion may ask, with what it needs: {provider: alpaca, tiingo or cboe, ..., first_date}.';
revoke execute on function internal.is_bar_source(jsonb) from public;

-- configuration/triggers/check_market_data_setting.sql
create or replace function internal.check_market_data_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_value jsonb := new.value;
  v_good boolean := true;
begin
  case new.name
    when 'market_data' then
      v_good := v_value = '{"provider": "csv"}' or v_value ->> 'provider' <> 'cboe' and internal.is_bar_source(v_value);
    when 'covariate_sources' then
      v_good := jsonb_typeof(v_value) = 'object' and coalesce((
        select bool_and(m.key ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$' and internal.is_bar_source(m.value))
        from jsonb_each(case when jsonb_typeof(v_value) = 'object' then v_value end) m), true);
    when 'largest_move' then
      v_good := jsonb_typeof(v_value) = 'object' and v_value ? 'default'
        and (
          select bool_and(
            (m.key = 'default' or m.key ~ '^[A-Z0-9][A-Z0-9._-]{0,15}$')
            and jsonb_typeof(m.value) = 'number'
            and case when jsonb_typeof(m.value) = 'number' then m.value::numeric > 1 and m.value::numeric <= 10000 end)
          from jsonb_each(case when jsonb_typeof(v_value) = 'object' then v_value end) m);
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_market_data_setting() is
  'Trigger: refuses a value of market_data, covariate_sources or largest_move that its readers could not use (invalid_setting).';
revoke execute on function internal.check_market_data_setting() from public;

-- series/functions/covariates_in_use.sql
create or replace function internal.covariates_in_use()
returns table (symbol text, measures text[], ensembles text[])
language sql stable set search_path = ''
as $$
  select n.covariate ->> 'symbol', array_agg(distinct n.covariate ->> 'measure'), array_agg(distinct e.ensemble)
  from public.ensembles e
  join public.configurations c on c.config_hash = e.config_hash
  cross join lateral jsonb_array_elements(c.configuration -> 'covariates') n(covariate)
  where e.active and jsonb_typeof(c.configuration -> 'covariates') = 'array'
  group by n.covariate ->> 'symbol'
$$;
comment on function internal.covariates_in_use() is
  'The symbols that the active ensembles name as covariates, registered or not: what is read of each (level, range), and by which ensembles.';
revoke execute on function internal.covariates_in_use() from public;
grant execute on function internal.covariates_in_use() to authenticated, service_role;

-- series/functions/register_covariate.sql
create or replace function public.register_covariate(p_symbol text, p_measure text, p_calendar text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_has_bars boolean;
  v_is_new boolean;
begin
  if p_measure is distinct from 'level' and p_measure is distinct from 'range' then
    perform internal.refuse(400, 'invalid_measure', format('A covariate is read by its level or its range, not by %s', quote_nullable(p_measure)));
  end if;
  if p_calendar is not null then
    perform internal.require_calendar(p_calendar);
  end if;
  begin
    insert into public.symbols (symbol, active, covariate, calendar)
    select p_symbol, false, p_measure, coalesce(p_calendar, 'XNYS')
    where not exists (select from public.symbol_renames r where r.old_symbol = p_symbol)
    on conflict (symbol) do nothing;
  exception
    when check_violation or not_null_violation then
      perform internal.refuse(400, 'invalid_symbol', format(
        '%s is no ticker: it takes 1 to 16 of A-Z, 0-9, dot, underscore and hyphen, and begins with a letter or digit',
        quote_nullable(left(p_symbol, 40))));
  end;
  v_is_new := found;
  select s.* into v_symbol from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol.id is null then
    perform internal.refuse(409, 'symbol_renamed', (
      select format('%s was renamed to %s on %s: register it under that name', r.old_symbol, r.new_symbol, (r.renamed_at at time zone 'UTC')::date)
      from public.symbol_renames r where r.old_symbol = p_symbol order by r.id desc limit 1));
  end if;
  v_has_bars := exists (select from public.bar_series b where b.symbol_id = v_symbol.id);
  if v_symbol.covariate is distinct from p_measure then
    if v_has_bars then
      perform internal.refuse(409, 'covariate_differs', format('%s %s: leave the option out, or make room for other bars with forget_series first',
        p_symbol, case coalesce(v_symbol.covariate, '')
          when 'level' then 'is a covariate of which only closes are stored'
          when 'range' then 'is a covariate whose bars are stored whole'
          else 'is a symbol like any other, which ensembles may read as a covariate as it is' end));
    end if;
    update public.symbols s set covariate = p_measure, active = false where s.id = v_symbol.id;
  end if;
  return jsonb_build_object('symbol', p_symbol, 'covariate', p_measure, 'registered', v_is_new);
end
$$;
comment on function public.register_covariate(text, text, text) is
  'Registers a symbol that is read beside others and that no schedule forecasts: by its level (only closes are stored) or its range; registering it again changes nothing. '
  'p_calendar: of a new symbol, default XNYS. {symbol, covariate, registered: whether it is new}. Raises invalid_measure, unknown_calendar, invalid_symbol, '
  'symbol_renamed, covariate_differs (it has bars that were stored otherwise).';
revoke execute on function public.register_covariate(text, text, text) from public, anon, authenticated;
grant execute on function public.register_covariate(text, text, text) to service_role;

-- series/functions/rename_symbol.sql
create or replace function public.rename_symbol(p_from text, p_to text, p_actor text, p_reason text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_rollout public.rollouts;
  v_symbol public.symbols;
  v_taken record;
  v_counts jsonb;
  v_events integer;
begin
  -- In the order in which others take them, so that nobody waits for us while we wait for them: planning, the rollout, jobs, the symbol.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_work'));
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_ingestion'));
  v_rollout := internal.lock_rollout();

  select s.* into v_symbol from public.symbols s where s.symbol = p_from;
  if v_symbol.id is null then
    perform internal.refuse(404, 'unknown_symbol', format('There is no symbol %s%s', quote_nullable(left(p_from, 40)), coalesce((
      select format(': it was renamed to %s on %s', r.new_symbol, (r.renamed_at at time zone 'UTC')::date)
      from public.symbol_renames r where r.old_symbol = p_from order by r.id desc limit 1), '')));
  elsif p_to is not distinct from p_from then
    perform internal.refuse(400, 'same_symbol', format('%s is its name already', p_from));
  elsif p_to is null then
    perform internal.refuse(400, 'invalid_symbol', 'The new name is missing');
  end if;
  select s.id, (select count(*) from public.bars b where b.symbol_id = s.id) as bars into v_taken
  from public.symbols s where s.symbol = p_to;
  if v_taken.id is not null then
    perform internal.refuse(409, 'symbol_in_use', format(
      '%s is a symbol already, with %s bars: see "Renaming a ticker" in docs/operations.md', p_to, v_taken.bars));
  end if;
  if exists (
    select from public.ensembles e
    join public.configurations c on c.config_hash = e.config_hash
    where e.active and c.configuration -> 'companions' ? p_from) then
    perform internal.refuse(409, 'symbol_is_companion', format(
      '%s is named by LSTM_COMPANIONS, which the configuration of an active ensemble is fixed to: deploy one without it first', p_from));
  elsif exists (select from internal.covariates_in_use() u where u.symbol = p_from) then
    perform internal.refuse(409, 'symbol_is_covariate', format(
      '%s is named by ENSEMBLE_COVARIATES, which the configuration of an active ensemble is fixed to: deploy one without it first', p_from));
  end if;

  v_counts := internal.rename_in_queue(p_from, p_to);
  begin
    -- The tables that refer to id and ticker follow (on update cascade).
    update public.symbols s set symbol = p_to where s.id = v_symbol.id;
  exception
    when check_violation then
      perform internal.refuse(400, 'invalid_symbol', format(
        '%s is no ticker: it takes 1 to 16 of A-Z, 0-9, dot, underscore and hyphen, and begins with a letter or digit',
        quote_literal(left(p_to, 40))));
  end;
  update public.divergence_alerts a set symbol = p_to where a.symbol_id = v_symbol.id;
  update public.settings t set value = t.value - p_from || jsonb_build_object(p_to, t.value -> p_from)
  where t.name in ('largest_move', 'covariate_sources') and t.value ? p_from;

  -- By them the rollout knows what it has noticed.
  perform set_config('plumbline.renames_symbol', 'true', true);
  update public.rollout_events e
  set subject = regexp_replace(e.subject, format('(^| )%s( |$)', replace(p_from, '.', '\.')), format('\1%s\2', p_to)),
    figures = case
      when e.figures ->> 'symbol' = p_from then e.figures || jsonb_build_object('symbol', p_to)
      when e.figures -> 'reached' ? p_from then jsonb_set(e.figures, '{reached}',
        (e.figures -> 'reached') - p_from || jsonb_build_object(p_to, e.figures #> array['reached', p_from]))
      else e.figures end
  where e.rollout_id = v_rollout.id
    and (e.figures ->> 'symbol' = p_from or e.figures -> 'reached' ? p_from
      or e.kind = 'trigger' and p_from = any (string_to_array(e.subject, ' ')));
  get diagnostics v_events = row_count;
  perform set_config('plumbline.renames_symbol', '', true);

  insert into public.symbol_renames (symbol_id, old_symbol, new_symbol, actor, reason)
  values (v_symbol.id, p_from, p_to, v_actor, nullif(btrim(p_reason), ''));
  return jsonb_build_object('symbol_id', v_symbol.id, 'from', p_from, 'to', p_to, 'events', v_events) || v_counts;
end
$$;
comment on function public.rename_symbol(text, text, text, text) is
  'Gives a symbol another ticker; its bars, forecasts, windows, weights, alerts and rollout stay its own. A job that runs loses its lease '
  'and waits again. Uploads under the old name are refused from then on. {symbol_id, from, to, events, jobs, released, runs}: how many of '
  'each were named anew. Raises no_actor, unknown_symbol, same_symbol, invalid_symbol, symbol_in_use, symbol_is_companion, '
  'symbol_is_covariate.';
revoke execute on function public.rename_symbol(text, text, text, text) from public, anon, authenticated;
grant execute on function public.rename_symbol(text, text, text, text) to service_role;

-- calendar/functions/bar_rules.sql
create or replace function public.bar_rules(p_symbol text) returns jsonb
language sql stable security definer set search_path = ''
as $$
  select jsonb_build_object(
    'largest_move', (
      select coalesce(m.value ->> p_symbol, m.value ->> 'default')::double precision from internal.setting('largest_move') m(value)),
    'calendar', internal.calendar_rules(coalesce((select s.calendar from public.symbols s where s.symbol = p_symbol), 'XNYS')),
    'closes_only', exists (select from public.symbols s where s.symbol = p_symbol and s.covariate = 'level'))
$$;
comment on function public.bar_rules(text) is
  'What a symbol''s bars are checked by: {largest_move, calendar: {name, rule, time_zone, close, half_day_close, known_from, known_until, exceptions: '
  '[[date, kind], ...]}, closes_only}, times as HH:MM; of New York only the exceptions that operators announced: the others are code. New York''s calendar for a symbol '
  'that is not registered.';
revoke execute on function public.bar_rules(text) from public, anon, authenticated;
grant execute on function public.bar_rules(text) to service_role;

-- ingestion/functions/plan_ingestion.sql
create or replace function public.plan_ingestion(p_key text, p_date date default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_setting jsonb := internal.setting('market_data');
  v_provider text := v_setting ->> 'provider';
  v_sources jsonb := internal.setting('covariate_sources');
  v_key text := 'ingestion:' || p_key;
  v_closed text := case when p_date is not null then internal.closed_because(p_date) end;
  v_left_out jsonb;
  v_planned integer;
  v_run_id uuid;
begin
  if coalesce(p_key, '') = '' then
    perform internal.refuse(400, 'missing_key', 'An ingestion is planned under a key, such as its date and slot');
  end if;
  if v_provider = 'csv' and not exists (select from internal.covariates_in_use() u where v_sources ? u.symbol) then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', 'market_data is csv: bars are uploaded, and there is nobody to ask for them');
  end if;
  -- Two ticks at once would both see nothing planned.
  perform pg_advisory_xact_lock(hashtext('plumbline.plan_ingestion'));
  if exists (select from internal.settled_runs(array[v_key])) then
    return jsonb_build_object('planned', 0, 'run_id', null, 'left_out', '[]'::jsonb,
      'reason', format('there is a run with the key %s already', v_key));
  end if;

  create temporary table wanted on commit drop as
  select w.id, w.symbol, w.timeframe, w.is_covariate, o.source,
    case
      when w.id is null then 'it is named as a covariate and not registered: register_covariate, or upload its bars'
      when w.timeframe = '4h' and o.source ->> 'provider' = 'tiingo' then 'tiingo has daily bars only'
      when exists (
        select from public.bar_series b where b.symbol_id = w.id and b.timeframe = w.timeframe and b.provider = 'csv')
        then 'its bars were uploaded (csv), and sources are never mixed'
      when w.calendar <> 'XNYS' then format('its calendar is %s, and %s is asked for New York''s sessions only: upload its bars', w.calendar,
        o.source ->> 'provider')
    end as left_out
  from (
    select s.id, s.symbol, s.calendar, t.timeframe, false as is_covariate
    from public.symbols s
    cross join lateral (
      select distinct case when h.horizon = '8h' then '4h' else h.horizon end as timeframe from unnest(s.horizons) h(horizon)
    ) t
    where s.active
    union all
    -- What is read beside others is not forecast itself.
    select s.id, u.symbol, s.calendar, '1D', true
    from internal.covariates_in_use() u
    left join public.symbols s on s.symbol = u.symbol
    where s.active is not true
  ) w
  cross join lateral (
    select case when w.timeframe = '1D' and v_sources ? w.symbol then v_sources -> w.symbol else v_setting end as source
  ) o
  where v_closed is null and o.source ->> 'provider' <> 'csv';
  select coalesce(jsonb_agg(
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe, 'reason', w.left_out) order by w.id, w.symbol, w.timeframe)
      filter (where w.left_out is not null), '[]'),
    count(*) filter (where w.left_out is null)
  into v_left_out, v_planned
  from pg_temp.wanted w;

  if v_planned > 0 then
    insert into public.runs (kind, idempotency_key, requested_via, params, jobs_total)
    values ('ingestion', v_key, 'schedule', jsonb_build_object('market_data', v_setting)
      || case when v_sources = '{}' then '{}' else jsonb_build_object('covariate_sources', v_sources) end, v_planned)
    returning id into v_run_id;
    -- More attempts than other jobs have: with their backoff they outlast a provider's bad ten minutes.
    insert into public.jobs (run_id, kind, idempotency_key, payload, priority, max_attempts)
    select v_run_id, 'ingest', format('%s:ingest:%s:%s', v_run_id, w.symbol, w.timeframe),
      jsonb_build_object('symbol', w.symbol, 'timeframe', w.timeframe,
        'source', jsonb_build_object('provider', w.source -> 'provider', 'feed', coalesce(w.source ->> 'feed', 'eod'),
          'adjustment', coalesce(w.source ->> 'adjustment', 'raw')),
        'first_date', w.source ->> 'first_date'), 20, 8
    -- Covariates first: the forecasts of all others read them.
    from pg_temp.wanted w where w.left_out is null order by w.is_covariate desc, w.id, w.timeframe;
  end if;
  drop table pg_temp.wanted;
  return jsonb_build_object('planned', v_planned, 'run_id', v_run_id, 'left_out', v_left_out,
    'reason', case when v_planned = 0 then coalesce(v_closed, format('no active symbol takes its bars from %s', v_provider)) end);
end
$$;
comment on function public.plan_ingestion(text, date) is
  'Plans one run that fetches the bars of every active symbol from the setting''s provider (market_data), a job a symbol and timeframe, and before them '
  'the daily bars of the covariates that active ensembles name (covariate_sources, else market_data): '
  '{planned, reason, run_id, left_out}. Once a key; with csv nothing, and on a date (p_date) without a session in New York; symbols whose bars were uploaded, or '
  'whose calendar is another one, are left out. Dispatch '
  'asks for the workers. Raises missing_key.';
revoke execute on function public.plan_ingestion(text, date) from public, anon, authenticated;
grant execute on function public.plan_ingestion(text, date) to service_role;

-- schedule/views/vw_run_health.sql
create or replace view public.vw_run_health with (security_invoker = true) as
with installed as (
  select min(s.active_since) as at from public.schedule_slots s
), queue as (
  select
    count(*) filter (where j.claimable) as waiting,
    extract(epoch from now() - min(j.since) filter (where j.claimable)) / 60 as oldest_minutes,
    count(*) filter (where j.status = 'queued' and j.run_after > now()) as backing_off,
    count(*) filter (where j.status = 'running' and j.lease_until >= now()) as running,
    count(*) filter (where j.status = 'running' and j.lease_until < now()) as expired,
    count(*) filter (where j.status = 'running' and j.lease_until < now() - interval '10 minutes') as stalled,
    min(j.lease_until) filter (where j.status = 'running' and j.lease_until < now()) as earliest_expiry
  from (
    select x.status, x.run_after, x.lease_until, case when x.status = 'running' then x.lease_until else x.run_after end as since,
      x.attempts < x.max_attempts
        and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now()) as claimable
    from public.jobs x where x.status in ('queued', 'running')
  ) j
), unclaimed as (
  -- Functions whose jobs wait while none of theirs is claimed: the others' claims say nothing of them.
  select coalesce(array_agg(d.function_name order by d.function_name), '{}') as functions
  from (
    select k.worker as function_name, min(case when x.status = 'running' then x.lease_until else x.run_after end) as since
    from public.jobs x
    join public.job_kinds k on k.kind = x.kind
    where x.status in ('queued', 'running') and x.attempts < x.max_attempts
      and (x.status = 'queued' and x.run_after <= now() or x.status = 'running' and x.lease_until < now())
    group by 1
  ) d
  where d.since < now() - interval '15 minutes' and not exists (
    select from public.worker_requests w
    where w.function_name = d.function_name and w.claimed_at between now() - interval '15 minutes' and now() + interval '10 minutes'
      -- Who claims was asked for shortly before: not the requests of a week are looked through.
      and w.requested_at > now() - interval '1 hour')
), asked as materialized (
  -- By function: one that answers says nothing of another that does not.
  select w.function_name,
    count(*) filter (where w.requested_at > now() - interval '1 hour') as made,
    count(*) filter (where w.requested_at > now() - interval '1 hour' and w.claimed_at is not null) as claimed,
    -- Two minutes are for the way there and the start of the function.
    count(*) filter (where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes') as lately,
    count(*) filter (
      where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes' and w.claimed_at is not null
    ) as lately_claimed,
    count(*) filter (where w.ended_at is null and w.alive_until >= now()) as under_way,
    max(w.requested_at) as last_request,
    max(w.claimed_at) as last_claim,
    count(*) filter (where w.response_status is not null or w.response_error is not null) as noted,
    count(*) filter (where w.response_error is not null or w.response_status >= 400) as refused,
    max(w.requested_at) filter (where w.response_status < 400) as last_answer,
    max(w.id) filter (where w.response_status is not null or w.response_error is not null) as last_noted,
    max(w.id) filter (where w.response_error is not null or w.response_status >= 400) as last_refused
  from public.worker_requests w
  where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
  group by w.function_name
), requests as (
  select coalesce(sum(a.made), 0) as made, coalesce(sum(a.claimed), 0) as claimed, coalesce(sum(a.lately), 0) as lately,
    coalesce(sum(a.lately_claimed), 0) as lately_claimed, coalesce(sum(a.under_way), 0) as under_way, max(a.last_request) as last_request, max(a.last_claim) as last_claim,
    coalesce(sum(a.noted), 0) as noted, coalesce(sum(a.refused), 0) as refused, max(a.last_answer) as last_answer,
    coalesce(bool_or(a.last_refused = a.last_noted), false) as failing,
    (select format('%s: %s', w.function_name, coalesce(w.response_error, 'status ' || w.response_status))
      from public.worker_requests w where w.id = max(a.last_refused)) as failure
  from asked a
), presence as materialized (
  -- One look at all symbols, and few rows.
  select p.calendar, p.horizon, p.ensemble, p.newest_bar, p.state, max(p.session_date) as session_date, max(p.expected_cutoff) as expected_cutoff,
    count(*) as series, max(p.issued_at) as last_issued, min(p.symbol) as first_symbol
  from public.vw_forecast_presence p
  group by p.calendar, p.horizon, p.ensemble, p.newest_bar, p.state
), missing as materialized (
  -- Another look, to name them, where there are any.
  select p.symbol, p.horizon, p.ensemble, p.state
  from public.vw_forecast_presence p
  where p.state in ('bar_missing', 'forecast_missing')
    and exists (select from presence g where g.state in ('bar_missing', 'forecast_missing'))
), listed as materialized (
  select distinct unnest(d.horizons) as horizon from (select distinct s.horizons from public.symbols s where s.active) d
), forecasts as (
  select p.horizon, max(p.session_date) as session_date,
    -- With several calendars in use their last sessions may have different dates.
    string_agg(distinct p.session_date::text, ', ') filter (where p.state <> 'no_bars') as session_dates,
    coalesce(sum(p.series) filter (where p.state <> 'no_bars'), 0) as expected,
    coalesce(sum(p.series) filter (where p.state = 'there'), 0) as there,
    coalesce(sum(p.series) filter (where p.state = 'no_bars'), 0) as bare, max(p.last_issued) as last_issued
  from presence p group by p.horizon
), behind as materialized (
  -- Counted once for all symbols that have the same newest bar.
  select b.*, case when b.newest_bar >= b.expected_cutoff then 0 else greatest(1, (
    select count(d.closes_at) from internal.calendar_days(b.calendar, (b.newest_bar at time zone 'UTC')::date + 1, b.session_date) d
  )) end as sessions_behind
  from (
    -- Of the two ensembles one is planned wherever the other is (vw_ensemble_assignments): the larger number is that of the symbols.
    select e.calendar, e.horizon, e.session_date, e.expected_cutoff, e.newest_bar, max(e.series) as symbols, min(e.first_symbol) as first_symbol
    from (
      select p.calendar, p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar, sum(p.series) as series,
        min(p.first_symbol) as first_symbol
      from presence p where p.newest_bar is not null group by p.calendar, p.horizon, p.ensemble, p.session_date, p.expected_cutoff, p.newest_bar
    ) e
    group by e.calendar, e.horizon, e.session_date, e.expected_cutoff, e.newest_bar
  ) b
), covariates as materialized (
  -- Of each that active ensembles name the newest daily bar, and the session that forecasts were last due from.
  select u.symbol, u.measures, u.ensembles, b.last_bar_time, x.session_date,
    case when b.last_bar_time >= x.expected_cutoff then 0 else greatest(1, (
      select count(d.closes_at) from internal.calendar_days(s.calendar, (b.last_bar_time at time zone 'UTC')::date + 1, x.session_date) d
    )) end as sessions_behind
  from internal.covariates_in_use() u
  left join public.symbols s on s.symbol = u.symbol
  left join public.bar_series b on b.symbol_id = s.id and b.timeframe = '1D'
  left join public.vw_expected_cutoffs x on x.calendar = s.calendar and x.horizon = '1D'
), settings as (
  select max(t.value #>> '{}') filter (where t.name = 'publishing_enabled') = 'true' as publishing,
    max(t.value #>> '{}') filter (where t.name = 'max_workers') as max_workers,
    max(t.value #>> '{}') filter (where t.name = 'max_workers_cap') as max_workers_cap,
    (max(t.value #>> '{}') filter (where t.name = 'forecast_deadline_minutes'))::integer as deadline_minutes
  from public.settings t where t.name in ('publishing_enabled', 'max_workers', 'max_workers_cap', 'forecast_deadline_minutes')
), setup as (
  select internal.is_configured() as there, exists (select from public.cron_ticks) as ticked
), checks as (
  select 0 as place, 'configuration' as check_name, null as subject,
    -- A secret that was there and is gone is a fault.
    case when u.there then true when u.ticked then false end as ok,
    jsonb_build_object('project_url', u.there) as figures, null::timestamptz as last_good_at,
    case when u.there then 'Vault has project_url, the address of the functions'
      else 'not configured: Vault has no project_url, so that cron plans, fetches and delivers nothing' end as sentence
  from setup u

  union all
  select 1, 'cron', j.job,
    case
      when t.last is null and installed.at > now() - 3 * j.every then null
      else coalesce(t.last > now() - 3 * j.every and t.error is null, false)
    end,
    jsonb_build_object('last_tick', t.last, 'ticks_last_hour', t.ticks, 'expected_last_hour', t.expected, 'last_error', t.error),
    t.last_good,
    case
      when t.last is null then format('%s has never ticked', j.job)
      else format('%s last ticked %s min ago; %s of %s ticks in the last hour%s', j.job,
        floor(extract(epoch from now() - t.last) / 60), t.ticks, t.expected, coalesce('; it failed: ' || t.error, ''))
    end
  from public.schedule_ticks j
  cross join installed
  cross join lateral (
    select l.ticked_at as last, l.error, g.ticked_at as last_good,
      (select count(*) from public.cron_ticks c
        where c.job = j.job and c.ticked_at > now() - interval '1 hour' and c.ticked_at <= now() + interval '10 minutes') as ticks,
      least(extract(epoch from interval '1 hour') / extract(epoch from j.every),
        floor(extract(epoch from now() - (select min(c.ticked_at) from public.cron_ticks c where c.job = j.job)) / extract(epoch from j.every))
          + 1)::integer as expected
    from (values (true)) one(row)
    left join lateral (
      select c.ticked_at, c.error from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' order by c.ticked_at desc limit 1
    ) l on true
    left join lateral (
      select c.ticked_at from public.cron_ticks c
      where c.job = j.job and c.ticked_at <= now() + interval '10 minutes' and c.error is null order by c.ticked_at desc limit 1
    ) g on true
  ) t

  union all
  select 2, 'slot', s.slot,
    case
      when s.next_due_at < now() - interval '20 minutes' then false
      when not s.active or r.status is null then null
      else r.status in ('done', 'skipped')
    end,
    jsonb_build_object('last_date', r.slot_date, 'last_time', to_char(r.local_time, 'HH24:MI'), 'last_status', r.status,
      'last_reason', r.reason, 'last_result', r.result, 'next_due_at', s.next_due_at, 'missed_7_days', w.missed,
      'failed_7_days', w.failed, 'made_up_7_days', w.made_up),
    w.last_done,
    case
      when s.next_due_at < now() - interval '20 minutes' then
        format('%s was due at %s New York time and nothing ran nor noticed', s.slot,
          to_char(s.next_due_at at time zone 'America/New_York', 'YYYY-MM-DD HH24:MI'))
      when not s.active then format('%s is paused: %s', s.slot, s.paused_because)
      when r.status is null then format('%s has not been due yet', s.slot)
      else format('%s of %s %s is %s%s', s.slot, r.slot_date, to_char(r.local_time, 'HH24:MI'), r.status, coalesce(': ' || r.reason, ''))
    end || format('; in 7 days %s missed, %s failed, %s made up for', w.missed, w.failed, w.made_up)
  from public.schedule_slots s
  left join lateral (
    select x.* from public.slot_runs x where x.slot = s.slot order by x.due_at desc limit 1
  ) r on true
  cross join lateral (
    select count(*) filter (where x.status = 'missed') as missed, count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.made_up and x.status = 'done') as made_up,
      max(x.finished_at) filter (where x.status = 'done') as last_done
    from public.slot_runs x where x.slot = s.slot and x.due_at > now() - interval '7 days'
  ) w

  union all
  -- Windows may wait long behind others: that is a queue at work, as long as jobs are claimed.
  select 3, 'queue', null,
    cardinality(u.functions) = 0,
    jsonb_build_object('waiting', q.waiting, 'oldest_waiting_minutes', round(q.oldest_minutes), 'unclaimed', u.functions,
      'backing_off', q.backing_off, 'running', q.running, 'max_workers', t.max_workers::integer,
      'max_workers_cap', t.max_workers_cap::integer, 'workers_under_way', r.under_way, 'last_claim', r.last_claim),
    r.last_claim,
    format('%s jobs wait%s, %s back off, %s run; max_workers is %s%s', q.waiting,
      case when q.waiting > 0 then format(', the oldest for %s minutes', floor(q.oldest_minutes)) else '' end, q.backing_off, q.running,
      t.max_workers, coalesce('; claimed none in a quarter of an hour: ' || nullif(array_to_string(u.functions, ', '), ''), ''))
  from queue q cross join requests r cross join unclaimed u cross join settings t

  union all
  select 4, 'dead_jobs', null, d.dead = 0, jsonb_build_object('dead_24_hours', d.dead, 'latest', d.latest), d.last_success,
    format('%s jobs of the schedule ended dead in the last 24 hours%s', d.dead, coalesce('; the latest: ' || d.latest, ''))
  from (
    select count(*) as dead, (array_agg(format('job %s, %s: %s', j.id, j.error_code, j.error_message) order by j.finished_at desc))[1] as latest,
      (select max(x.finished_at) from public.jobs x where x.status = 'succeeded' and x.finished_at > now() - interval '1 day') as last_success
    from public.jobs j
    -- What only a request asked for is told to whoever asked (failure_class: request).
    join public.runs r on r.id = j.run_id and r.requested_via = 'schedule'
    where j.status = 'dead' and j.finished_at > now() - interval '1 day'
  ) d

  union all
  select 5, 'leases', null, q.stalled = 0,
    jsonb_build_object('running', q.running, 'past_lease', q.expired, 'past_lease_10_minutes', q.stalled), null::timestamptz,
    format('%s running jobs are past their lease%s', q.expired, case when q.expired > 0
      then format(', one for %s minutes', floor(extract(epoch from now() - q.earliest_expiry) / 60)) else '' end)
  from queue q

  union all
  select 6, 'workers', null,
    case
      when r.made = 0 then null
      else not (r.lately > 0 and r.lately_claimed = 0 and q.waiting > 0)
    end,
    jsonb_build_object('requests_last_hour', r.made, 'claimed_last_hour', r.claimed, 'last_request', r.last_request,
      'last_claim', r.last_claim), r.last_claim,
    format('%s workers were asked for in the last hour and %s of them claimed a job', r.made, r.claimed)
  from requests r cross join queue q

  union all
  select 7, 'requests', null,
    case when r.noted = 0 then null else not r.failing end,
    jsonb_build_object('answers_24_hours', r.noted, 'failed_24_hours', r.refused, 'latest_failure', r.failure), r.last_answer,
    format('of the last day''s requests through pg_net %s were answered or given up, %s of them failed%s', r.noted, r.refused,
      coalesce('; the latest: ' || r.failure, ''))
  from requests r

  union all
  select 8, 'forecasts', h.horizon,
    case when not t.publishing or p.expected is null or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', coalesce(p.expected, 0), 'there', coalesce(p.there, 0), 'missing', m.names,
      'without_bars', coalesce(p.bare, 0)),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected is null or p.expected = 0 then
        format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day', h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_dates, coalesce('; missing: ' || (
        select string_agg(x.name, ', ' order by x.place) from jsonb_array_elements_text(m.names) with ordinality x(name, place)), '')
        || case when p.expected - p.there > jsonb_array_length(m.names)
          then format(' and %s more', p.expected - p.there - jsonb_array_length(m.names)) else '' end)
    end
  from listed h
  cross join settings t
  left join forecasts p on p.horizon = h.horizon
  cross join lateral (
    select coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state) order by x.symbol, x.ensemble), '[]') as names
    from (
      select y.symbol, y.ensemble, y.state from missing y where y.horizon = h.horizon order by y.symbol, y.ensemble limit 20
    ) x
  ) m

  union all
  select 9, 'bars', h.horizon, case when p.behind is null then null else p.behind = 0 end,
    jsonb_build_object('session', p.session_date, 'symbols', p.symbols, 'symbols_behind', p.symbols_behind, 'most_sessions_behind', p.behind,
      'of', p.slowest, 'newest_bar', p.newest),
    p.newest,
    case
      when p.behind is null then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      when p.behind = 0 then format('all %s symbols have the session of %s', p.symbols, p.session_dates)
      else format('%s of %s symbols lack the session of %s; %s is %s sessions behind', p.symbols_behind, p.symbols, p.session_dates,
        p.slowest, p.behind)
    end
  from listed h
  cross join lateral (
    select max(x.session_date) as session_date, string_agg(distinct x.session_date::text, ', ') as session_dates,
      coalesce(sum(x.symbols), 0) as symbols,
      coalesce(sum(x.symbols) filter (where x.sessions_behind > 0), 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.first_symbol order by x.sessions_behind desc, x.first_symbol))[1] as slowest, max(x.newest_bar) as newest
    from behind x where x.horizon = h.horizon
  ) p

  union all
  select 10, 'publishing', null, t.publishing, jsonb_build_object('publishing_enabled', t.publishing), null::timestamptz,
    case when t.publishing then 'forecasts are planned and published' else 'the kill switch is on: nothing is planned or published' end
  from settings t

  union all
  -- What comes with the code is renewed with it; an exchange publishes its closures a year or two ahead.
  select 11, 'calendar', null, bool_and(c.known_until > (now() + case c.source when 'rules' then interval '1 year' else interval '60 days' end)::date),
    jsonb_build_object('known_until', min(c.known_until), 'of', (array_agg(c.name order by c.known_until, c.name))[1],
      'calendars', jsonb_object_agg(c.name, c.known_until)), null::timestamptz,
    format('the trading calendar %s knows every session until %s%s', (array_agg(c.name order by c.known_until, c.name))[1], min(c.known_until),
      case when count(*) > 1 then format(', and is the first of %s in use to end', count(*)) else '' end)
  from public.calendars c
  where c.name = 'XNYS' or (select max(s.calendar) from public.symbols s where s.calendar = c.name and s.active) is not null

  union all
  select 12, 'alerts', null,
    case
      when d.failed + d.unknown + d.overdue > 0 then false
      when d.delivered = 0 then null
      else true
    end,
    jsonb_build_object('delivered_24_hours', d.delivered, 'failed_24_hours', d.failed, 'unknown_24_hours', d.unknown,
      'skipped_24_hours', d.skipped, 'waiting', d.waiting, 'waiting_half_an_hour', d.overdue, 'latest_reason', d.reason), d.last_delivered,
    format('of the last day''s alerts %s were delivered, %s failed, %s may not have arrived, %s were skipped; %s wait%s', d.delivered, d.failed,
      d.unknown, d.skipped, d.waiting, coalesce('; the latest: ' || d.reason, ''))
  from (
    select
      count(*) filter (where x.status = 'delivered') as delivered,
      count(*) filter (where x.status = 'failed') as failed,
      count(*) filter (where x.status = 'unknown') as unknown,
      count(*) filter (where x.status = 'skipped') as skipped,
      count(*) filter (where x.status in ('waiting', 'sent')) as waiting,
      count(*) filter (where x.status in ('waiting', 'sent') and x.created_at < now() - interval '30 minutes') as overdue,
      max(x.delivered_at) as last_delivered,
      (array_agg(x.reason order by x.id desc) filter (where x.reason is not null))[1] as reason
    from public.alert_deliveries x
    where x.level <> 'digest' and (x.created_at > now() - interval '1 day' or x.status in ('waiting', 'sent'))
  ) d

  union all
  -- Until a forecast from the new bars is there, current_forecasts has none of the symbol.
  select 13, 'restatements', null,
    case
      when not t.publishing or d.restated = 0 then null
      else d.since is null or d.since > now() - make_interval(mins => t.deadline_minutes)
    end,
    jsonb_build_object('restated_7_days', d.restated, 'waiting', d.waiting, 'since', d.since, 'first', d.first), null::timestamptz,
    format('of %s series that were restated in 7 days %s wait%s for a forecast from the new bars%s', d.restated, d.waiting,
      case when d.waiting = 1 then 's' else '' end,
      case when d.waiting > 0 then format(', since %s min: %s', greatest(floor(extract(epoch from now() - d.since) / 60), 0), array_to_string(d.first, ', '))
        || case when d.waiting > 20 then format(' and %s more', d.waiting - 20) else '' end else '' end)
  from settings t
  cross join (
    select count(*) as restated, count(*) filter (where w.waits) as waiting, min(w.restated_at) filter (where w.waits) as since,
      coalesce((array_agg(w.name order by w.restated_at, w.name) filter (where w.waits))[1:20], '{}') as first
    from (
      select b.restated_at, format('%s %s', v.symbol, v.horizon) as name,
        exists (
          select from public.forecasts x
          where x.symbol_id = b.symbol_id and x.horizon = b.timeframe and x.ensemble = e.ensemble and x.config_hash = e.config_hash)
        and not exists (
          select from public.forecasts x
          where x.symbol_id = b.symbol_id and x.horizon = b.timeframe and x.ensemble = e.ensemble and x.config_hash = e.config_hash
            and x.data_cutoff >= b.restated_to and x.issued_at >= b.restated_at) as waits
      from public.bar_series b
      join public.vw_serving_ensembles v on v.symbol_id = b.symbol_id and v.horizon = b.timeframe
      join public.ensembles e on e.ensemble = v.ensemble and e.active
      where b.restated_to is not null and b.restated_at > now() - interval '7 days'
    ) w
  ) d

  union all
  select 14, 'gaps', null,
    case when exists (select from public.bar_series b join public.symbols x on x.id = b.symbol_id and x.active) then d.noticed = 0 end,
    jsonb_build_object('bars', d.bars, 'series', d.lacking, 'noticed_7_days', d.noticed, 'newest', d.newest), null::timestamptz,
    case
      when d.bars = 0 then 'no series lacks a bar that its calendar has'
      else format('bars that calendars have and series lack (bar_gaps): %s, in %s series, %s of them noticed in 7 days; the newest: %s', d.bars, d.lacking,
        d.noticed, d.newest)
    end
  from (
    select count(*) as bars, count(distinct (g.symbol_id, g.timeframe)) as lacking, count(*) filter (where g.noticed_at > now() - interval '7 days') as noticed,
      (array_agg(format('%s %s of %s', s.symbol, g.timeframe, (g.bar_time at time zone 'UTC')::date) order by g.bar_time desc, s.symbol))[1] as newest
    from public.bar_gaps g
    join public.symbols s on s.id = g.symbol_id and s.active
  ) d

  union all
  -- Forecasts go on without it: what is late fails for a week, what is gone or never was says so and fails no more.
  select 15, 'covariates', v.symbol,
    case when v.last_bar_time is null or v.session_date is null or v.sessions_behind > 5 then null else v.sessions_behind = 0 end,
    jsonb_build_object('measures', to_jsonb(v.measures), 'ensembles', to_jsonb(v.ensembles), 'session', v.session_date,
      'sessions_behind', case when v.last_bar_time is not null and v.session_date is not null then v.sessions_behind end, 'newest_bar', v.last_bar_time),
    v.last_bar_time,
    case
      when v.last_bar_time is null then format('%s is named as a covariate (%s) and has no daily bars: forecasts are made without it', v.symbol,
        array_to_string(v.ensembles, ', '))
      when v.session_date is null then format('nothing is expected of the covariate %s: no active symbol has its calendar', v.symbol)
      when v.sessions_behind = 0 then format('the covariate %s has the session of %s', v.symbol, v.session_date)
      else format('the covariate %s is %s sessions behind, its last bar is of %s: forecasts from later bars are made without it%s', v.symbol, v.sessions_behind,
        (v.last_bar_time at time zone 'UTC')::date,
        case when v.sessions_behind > 5 then '; if it has ended, deploy a candidate that does not name it' else '' end)
    end
  from covariates v
)
select
  c.check_name,
  c.subject,
  v.ok,
  case when v.ok is null then 'insufficient' when v.ok then 'ok' else 'failing' end as status,
  c.figures,
  c.last_good_at,
  c.sentence
from checks c
cross join setup u
-- What was never configured does not fail for want of a schedule.
cross join lateral (
  select case when u.there or u.ticked or c.check_name not in ('cron', 'slot', 'forecasts', 'bars', 'covariates') then c.ok end as ok
) v
-- A user who may not see these rows would find all checks failing.
where (select internal.may_read_operations())
order by c.place, c.subject;
comment on view public.vw_run_health is
  'Whether what runs unattended does run: one row per check (configuration, cron, slot, queue, dead_jobs, leases, workers, requests, forecasts, bars, '
  'publishing, calendar, alerts, restatements, gaps, covariates), computed from rows and from now(). docs/operations.md says what to do about each.';
comment on column public.vw_run_health.check_name is 'The check.';
comment on column public.vw_run_health.subject is 'Cron job, slot, horizon or covariate that it is about; null when there is but one.';
comment on column public.vw_run_health.ok is 'Whether all is well; null when there is nothing to tell it by.';
comment on column public.vw_run_health.status is 'ok, failing, or insufficient: nothing is known.';
comment on column public.vw_run_health.figures is 'What it was told by.';
comment on column public.vw_run_health.last_good_at is 'When it was last seen well, UTC; null when never, or where that means nothing.';
comment on column public.vw_run_health.sentence is 'The same in words.';

revoke all on public.vw_run_health from anon, authenticated, service_role;
grant select on public.vw_run_health to authenticated, service_role;

-- configuration/rows/settings.sql
insert into public.settings (name, value, description) values
  ('publishing_enabled', 'true', 'Kill switch: false hides every forecast from current_forecasts and plans no new ones. Boolean.'),
  ('window_sizes',
   '{"1D": {"train": 1000, "validation": 250, "test": 250, "step": 250},
     "4h": {"train": 500, "validation": 125, "test": 125, "step": 125},
     "8h": {"train": 375, "validation": 125, "test": 125, "step": 125}}',
   'Walk-forward window sizes by horizon: train, validation, test (20 bars or more) and step.'),
  ('divergence_levels', '{"warning": 0.15, "overfitting": 0.2, "critical": 0.3}',
   'Divergence above which a level begins: an alert opens at each, overfitting is a window''s verdict, and from warning on calibrated '
   'weights go back to the preset. {warning, overfitting, critical}: fractions, ascending.'),
  ('validation_windows', '4', 'How many of the latest windows a scheduled validation covers. Positive integer.'),
  ('validation_interval_days', '7', 'Days after which a symbol''s windows are validated again if there are new bars. Positive number.'),
  ('max_workers', '2', 'Workers under way at once, usually; 0 stops all work. Integer, 0 or more.'),
  ('max_workers_cap', '8',
   'Workers under way at once at most: one more than max_workers for each five minutes that a forecast waits to be claimed. At most max_workers: '
   'never more than those. Integer, 0 or more.'),
  ('lease_seconds', '60', 'How long a worker may hold a job between two reports, in seconds. Positive integer.'),
  ('artifact_max_age_bars', '21', 'A forecast asked for by hand may use fitted members at most this many bars old. Integer, 0 or more.'),
  ('user_quota', '{"forecasts": 100, "runs": 200}',
   'What a signed-in user may ask for in an hour: forecasts that nobody is making yet, and runs that wait for any. Reading what is there is free, and '
   'so is all that a secret key asks for. {forecasts, runs}: integers, 0 or more.'),
  ('direction_thresholds', '{"bullish": 0.55, "bearish": 0.45}',
   'Probability of a positive return from which on a forecast is bullish (0.5 or more, below 1), and up to which it is bearish '
   '(above 0, 0.5 or less, below bullish); between them it is neutral. {bullish, bearish}.'),
  ('on_member_failure', '"fail"',
   'What becomes of an ensemble when a member of it fails: fail ends the run, drop goes on with the other members, and the rows say '
   'so. A run keeps what was set when it was planned. "fail" or "drop".'),
  ('market_data', '{"provider": "csv"}',
   'Where scheduled ingestion takes bars from: {"provider": "csv"} (nowhere: bars are uploaded), {"provider": "alpaca", "feed": "iex" or '
   '"sip", "adjustment": "raw", "split", "dividend" or "all"}, {"provider": "tiingo", "adjustment": "raw" or "all"}. With first_date '
   '(YYYY-MM-DD) a symbol''s history begins there, else ten years before its first ingestion. The keys are secrets of the functions.'),
  ('covariate_sources', '{}',
   'Where scheduled ingestion takes the daily bars of single covariates from, instead of market_data: {"VIX": {"provider": "cboe"}, "SYMBOL": a value as '
   'market_data takes it of alpaca or tiingo, ...}.'),
  ('largest_move', '{"default": 3}',
   'The largest factor by which a price is believed to move from one close to the next, or inside a bar: a bar beyond it is not taken '
   'from a provider and not fitted to. {"default": factor, "SYMBOL": factor, ...}, each above 1.'),
  ('slot_attempts', '3', 'How often a slot that failed is tried in all. Positive integer.'),
  ('forecast_deadline_minutes', '105',
   'Minutes after a session''s close by which its forecasts are expected to be there. Integer, 0 or more.'),
  ('retention_days',
   '{"cron_history": 14, "cron_ticks": 7, "worker_requests": 7, "query_timings": 30, "checkpoints": 30, "slot_runs": 400,
     "canary_reports": 400, "runs": 400, "alerts": 400, "windows": 400}',
   'Days after which purge deletes, by what: ended runs with their jobs and the errors of that time, resolved alerts with their deliveries, '
   'validated windows but for the latest of each configuration, cron''s own history, and so on. Positive integers, all ten; slot_runs at '
   'least 9, for reconcile looks back seven days.'),
  ('rollout_stages',
   '{"canary": {"days": 7, "horizons": ["1D"]}, "limited": {"days": 7, "horizons": ["1D", "4h", "8h"]},
     "full": {"days": 7, "horizons": ["1D", "4h", "8h"]}}',
   'The stages of a rollout: the days that each lasts at least (0 to 1000), and the horizons that the candidate is forecast on. '
   'Which symbol joins at which stage is in symbols.stage. {canary, limited, full: {days, horizons}}.'),
  ('rollout_criteria',
   '{"mean_divergence": 0.15, "largest_divergence": 0.25, "margin": 0.05, "rollback_margin": 0.1, "confidence": 0.95,
     "minimum_sessions": 5, "health_ratio": 1.5, "critical_alerts_per_hour": 5}',
   'What a stage is judged by. mean_divergence: the candidate''s mean divergence must stay below it. largest_divergence: one window above '
   'it rolls back. margin: how much worse than the baseline''s its RMSE and CRPS may be (0.05 is 5 %). rollback_margin: how much worse, '
   'beyond doubt, rolls back. confidence: of every interval and sequential test, 0.5 to 0.999. minimum_sessions: sessions without which no '
   'stage passes. health_ratio: how many times what deploy captured the p95 of queries may be. critical_alerts_per_hour: more of them roll '
   'back. All eight, fractions unless said otherwise.'),
  ('rollout_roles', '[]', 'Roles whose approval a promotion needs, for instance ["ML", "QA", "DevOps", "Product"]. Array of names.'),
  ('symbol_ends_after_sessions', '3',
   'Sessions of a stage without a bar of a symbol, while others of its source have one, after which it leaves the rollout. Integer, 1 to 1000.'),
  ('automatic_rollback', 'true', 'Whether a trigger rolls back by itself; false: it is recorded as an event only. Boolean.')
-- What an operator set stays.
on conflict (name) do update set description = excluded.description;
