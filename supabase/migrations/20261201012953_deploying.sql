-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- foundation/functions/refuse_change.sql
create or replace function internal.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- rename_symbol: what is about a symbol stays about it, and says so by its new name.
  if tg_table_name = 'rollout_events' and tg_op = 'UPDATE' and current_setting('plumbline.renames_symbol', true) = 'true' then
    if to_jsonb(new) - '{subject, figures}'::text[] = to_jsonb(old) - '{subject, figures}'::text[] then
      return new;
    end if;
  end if;
  perform internal.refuse(409, 'append_only', format('%s is append-only: a row once written is neither changed nor deleted', tg_table_name));
  return null;
end
$$;
comment on function internal.refuse_change() is 'Trigger: refuses to change or delete the rows of an append-only table (append_only); rename_symbol may '
  'change subject and figures of an event.';
revoke execute on function internal.refuse_change() from public;

-- configuration/functions/is_configured.sql
create or replace function internal.is_configured() returns boolean
language sql stable security definer set search_path = ''
as $$
  select exists (
    select from vault.decrypted_secrets s
    where s.name = 'project_url' and s.decrypted_secret <> ''
      -- The CLI's own words for a variable that is not set.
      and s.decrypted_secret not like 'env(%')
$$;
comment on function internal.is_configured() is
  'Whether Vault has project_url. Until it has, as on a preview branch, the schedule does nothing.';
revoke execute on function internal.is_configured() from public;
-- vw_run_health is read with its reader's rights and calls it; the schema itself stays closed.
grant execute on function internal.is_configured() to authenticated, service_role;

-- configuration/functions/write_secrets.sql
create or replace function public.write_secrets(p_secrets jsonb, p_actor text, p_dry_run boolean default false) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_secret record;
  v_outcomes jsonb := '{}';
  v_changed jsonb;
begin
  if jsonb_typeof(p_secrets) is distinct from 'object' then
    perform internal.refuse(400, 'invalid_input', 'The secrets are given as an object: {name: value}');
  end if;
  -- Two at once would both create what is not there.
  perform pg_advisory_xact_lock(hashtext('plumbline.write_secrets'));
  for v_secret in
    select g.key as name, g.value #>> '{}' as value, s.id, s.decrypted_secret as stored,
      case g.key
        when 'project_url' then g.value #>> '{}' ~ '^https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?$'
        when 'cron_secret_key' then g.value #>> '{}' ~ '^[!-~]{8,}$' and length(g.value #>> '{}') <= 512
        when 'alert_webhook_url' then internal.is_webhook_address(g.value #>> '{}')
      end as is_valid
    from jsonb_each(p_secrets) g
    left join vault.decrypted_secrets s on s.name = g.key
    order by g.key
  loop
    if v_secret.name not in ('project_url', 'cron_secret_key', 'alert_webhook_url') then
      perform internal.refuse(400, 'unknown_secret', format(
        '%s is no secret of Plumbline''s: use project_url, cron_secret_key or alert_webhook_url', left(quote_ident(v_secret.name), 60)));
    elsif v_secret.is_valid is distinct from true then
      -- Never the value, not even a wrong one.
      perform internal.refuse(400, 'invalid_secret', case v_secret.name
        when 'project_url' then 'project_url is not the address of a project: https://, a host and no path, such as https://REF.supabase.co'
        when 'cron_secret_key' then 'cron_secret_key is not a key: it takes 8 to 512 visible ASCII characters'
        else 'alert_webhook_url is not the address of a webhook: it begins with https://' end);
    end if;
    v_outcomes := v_outcomes || jsonb_build_object(v_secret.name, case
      when v_secret.id is null then 'created' when v_secret.stored is distinct from v_secret.value then 'updated' else 'unchanged' end);
    if p_dry_run or v_outcomes ->> v_secret.name = 'unchanged' then
      continue;
    elsif v_secret.id is null then
      perform vault.create_secret(v_secret.value, v_secret.name);
    else
      perform vault.update_secret(v_secret.id, v_secret.value);
    end if;
  end loop;

  select jsonb_object_agg(o.key, o.value) into v_changed from jsonb_each(v_outcomes) o where o.value <> '"unchanged"';
  if v_changed is not null and not p_dry_run then
    perform internal.add_rollout_event(null, 'secrets_written', v_actor, format('Vault secrets were written: %s', (
      select string_agg(format('%s (%s)', c.key, c.value), ', ' order by c.key) from jsonb_each_text(v_changed) c)), v_changed);
  end if;
  return v_outcomes;
end
$$;
comment on function public.write_secrets(jsonb, text, boolean) is
  'Writes what the schedule needs to Vault: {project_url, cron_secret_key, alert_webhook_url}, each as it is given, and an event with their '
  'names. Returns by name what became of each: created, updated or unchanged; with p_dry_run what would. No value is ever returned or '
  'named in an error. Raises no_actor, invalid_input, unknown_secret, invalid_secret.';
revoke execute on function public.write_secrets(jsonb, text, boolean) from public, anon, authenticated;
grant execute on function public.write_secrets(jsonb, text, boolean) to service_role;

-- series/tables/symbol_renames.sql
-- Who remembers a former ticker: an upload under it must not register it anew.
create table public.symbol_renames (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  old_symbol text not null,
  new_symbol text not null,
  renamed_at timestamptz not null default now(),
  actor text not null,
  reason text,
  constraint symbol_renames_change_it check (old_symbol <> new_symbol)
);
comment on table public.symbol_renames is 'Tickers that were renamed, one row each time: who, when, why. Written by rename_symbol.';
comment on column public.symbol_renames.id is 'Order.';
comment on column public.symbol_renames.symbol_id is 'The symbol, whose id stays.';
comment on column public.symbol_renames.old_symbol is 'Its ticker before. Uploads under it are refused while no symbol has it.';
comment on column public.symbol_renames.new_symbol is 'Its ticker since.';
comment on column public.symbol_renames.renamed_at is 'When, UTC.';
comment on column public.symbol_renames.actor is 'Who renamed it.';
comment on column public.symbol_renames.reason is 'Why, where it was said.';

create index symbol_renames_by_old_symbol on public.symbol_renames (old_symbol, id);
create index symbol_renames_by_symbol on public.symbol_renames (symbol_id);

alter table public.symbol_renames enable row level security;
create policy symbol_renames_are_read_by_users on public.symbol_renames for select to authenticated using (true);
revoke all on public.symbol_renames from anon, authenticated, service_role;
grant select on public.symbol_renames to authenticated, service_role;

-- series/functions/ingest_bars.sql
create or replace function public.ingest_bars(
  p_symbol text,
  p_timeframe text,
  p_provider text,
  p_feed text,
  p_adjustment text,
  p_bars jsonb
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol_id bigint;
  v_given bigint;
  v_first timestamptz;
  v_last timestamptz;
  v_changed bigint;
  v_inserted bigint;
  v_before public.bar_series;
  v_after public.bar_series;
  v_derived public.bar_series;
begin
  if jsonb_typeof(p_bars) is distinct from 'array' or jsonb_array_length(p_bars) = 0 then
    perform internal.refuse(400, 'no_bars', 'The upload holds no bars');
  end if;
  if p_timeframe = '8h' then
    perform internal.refuse(400, 'derived_timeframe', '8h bars are made from 4h bars, which are to be sent instead');
  end if;

  insert into public.symbols (symbol)
  select p_symbol where not exists (select from public.symbol_renames r where r.old_symbol = p_symbol)
  on conflict (symbol) do nothing;
  -- The lock makes two uploads of one symbol take turns, so that a series never mixes two of them.
  select s.id into v_symbol_id from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol_id is null then
    perform internal.refuse(409, 'symbol_renamed', (
      select format('%s was renamed to %s on %s: send its bars under that name', r.old_symbol, r.new_symbol,
        (r.renamed_at at time zone 'UTC')::date)
      from public.symbol_renames r where r.old_symbol = p_symbol order by r.id desc limit 1));
  end if;

  create temporary table incoming on commit drop as
  select
    (b.value ->> 0)::timestamptz as bar_time,
    (b.value ->> 1)::double precision as open,
    (b.value ->> 2)::double precision as high,
    (b.value ->> 3)::double precision as low,
    (b.value ->> 4)::double precision as close,
    (b.value ->> 5)::double precision as volume
  from jsonb_array_elements(p_bars) b;

  select count(*), min(i.bar_time), max(i.bar_time) into v_given, v_first, v_last from pg_temp.incoming i;

  select b.* into v_before from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe;

  if v_before.provider is not null
    and (v_before.provider, v_before.feed, v_before.adjustment)
      is distinct from (p_provider, p_feed, p_adjustment) then
    perform internal.refuse(409, 'mixed_sources', format(
      '%s %s is stored from %s/%s/%s; bars from %s/%s/%s cannot be mixed with it',
      p_symbol, p_timeframe, v_before.provider, v_before.feed, v_before.adjustment,
      p_provider, p_feed, p_adjustment));
  end if;

  select count(*) into v_changed
  from pg_temp.incoming i
  join public.bars b on b.symbol_id = v_symbol_id and b.timeframe = p_timeframe and b.bar_time = i.bar_time
  where (b.open, b.high, b.low, b.close, b.volume) is distinct from (i.open, i.high, i.low, i.close, i.volume);

  if v_changed > 0 and (v_first > v_before.first_bar_time or v_last < v_before.last_bar_time) then
    perform internal.refuse(409, 'restated_history', format(
      '%s of the bars differ from what is stored for %s %s; a restated series must be given whole, from %s to %s',
      v_changed, p_symbol, p_timeframe, v_before.first_bar_time, v_before.last_bar_time));
  end if;

  -- A restated series replaces the stored one whole: bars that the new version lacks must not survive in it.
  if v_changed > 0 then
    delete from public.bars b
    where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe
      and not exists (select from pg_temp.incoming i where i.bar_time = b.bar_time);
  end if;

  insert into public.bars (symbol_id, timeframe, bar_time, open, high, low, close, volume, provider, feed, adjustment)
  select v_symbol_id, p_timeframe, i.bar_time, i.open, i.high, i.low, i.close, i.volume, p_provider, p_feed, p_adjustment
  from pg_temp.incoming i
  on conflict (symbol_id, timeframe, bar_time) do nothing;
  get diagnostics v_inserted = row_count;

  if v_changed > 0 then
    update public.bars b
    set open = i.open, high = i.high, low = i.low, close = i.close, volume = i.volume, ingested_at = now()
    from pg_temp.incoming i
    where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe and b.bar_time = i.bar_time
      and (b.open, b.high, b.low, b.close, b.volume) is distinct from (i.open, i.high, i.low, i.close, i.volume);
  end if;

  if p_timeframe = '4h' then
    perform internal.derive_eight_hour_bars(v_symbol_id);
  end if;
  -- Its first bars of a timeframe bring a symbol the horizons that are forecast from them; what an operator takes away later
  -- stays away.
  if v_before.bars is null then
    update public.symbols s
    set horizons = (
      select array_agg(k.horizon order by k.place)
      from unnest(array['1D', '4h', '8h']) with ordinality k(horizon, place)
      where k.horizon = any (s.horizons) or k.horizon = p_timeframe or (p_timeframe = '4h' and k.horizon = '8h'))
    where s.id = v_symbol_id;
  end if;

  select b.* into v_after from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = p_timeframe;
  select b.* into v_derived from public.bar_series b where b.symbol_id = v_symbol_id and b.timeframe = '8h' and p_timeframe = '4h';

  drop table pg_temp.incoming;
  return jsonb_build_object(
    'symbol', p_symbol, 'timeframe', p_timeframe,
    'given', v_given, 'inserted', v_inserted, 'changed', v_changed, 'stored', v_after.bars,
    'first', v_after.first_bar_time, 'last', v_after.last_bar_time, 'stored_at', v_after.stored_at)
    || case when v_derived.bars is null then '{}' else jsonb_build_object('derived', jsonb_build_object(
        'timeframe', '8h', 'stored', v_derived.bars, 'first', v_derived.first_bar_time, 'last', v_derived.last_bar_time,
        'stored_at', v_derived.stored_at)) end;
end
$$;
comment on function public.ingest_bars(text, text, text, text, text, jsonb) is
  'Stores bars ([[time, open, high, low, close, volume], ...]) of one symbol, registering it if new. Repeating an upload changes '
  'nothing. Bars of 4h bring those of 8h with them (`derived` in the answer), and a symbol''s first bars of a timeframe the '
  'horizons that are forecast from them. Raises no_bars, derived_timeframe, symbol_renamed, mixed_sources, restated_history; all or nothing.';
revoke execute on function public.ingest_bars(text, text, text, text, text, jsonb) from public, anon, authenticated;
grant execute on function public.ingest_bars(text, text, text, text, text, jsonb) to service_role;

-- series/functions/rename_in_queue.sql
create or replace function internal.rename_in_queue(p_from text, p_to text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_runs uuid[];
  v_jobs integer;
  v_released integer;
  v_renamed integer;
begin
  -- What waits, what runs, and what is dead and may be put back. A worker at such a job loses its lease and stores nothing; the next
  -- one goes on from its checkpoint.
  with named as (
    select j.id, j.status = 'running' as runs
    from public.jobs j
    where j.status in ('queued', 'running', 'dead') and j.payload ->> 'symbol' = p_from
    order by j.id
    for update
  ), renamed as (
    update public.jobs j
    set payload = j.payload || jsonb_build_object('symbol', p_to),
      status = case when n.runs then 'queued' else j.status end,
      attempts = case when n.runs then greatest(j.attempts - 1, 0) else j.attempts end,
      lease_token = null, lease_until = null
    from named n where j.id = n.id
    returning j.run_id, n.runs
  )
  select coalesce(array_agg(distinct r.run_id), '{}'), count(*), count(*) filter (where r.runs) into v_runs, v_jobs, v_released
  from renamed r;

  -- Planning, the rollout that runs and whoever asked look at runs by their symbols; none of them looks further back.
  update public.runs r
  set params = jsonb_set(r.params, '{symbols}', (
      select jsonb_agg(case when s.symbol = p_from then p_to else s.symbol end order by s.place)
      from jsonb_array_elements_text(r.params -> 'symbols') with ordinality s(symbol, place))),
    idempotency_key = case
      when starts_with(r.idempotency_key, format('%s:%s:', r.kind, p_from))
        then format('%s:%s:%s', r.kind, p_to, substr(r.idempotency_key, length(r.kind) + length(p_from) + 3))
      else r.idempotency_key end
  where r.params -> 'symbols' ? p_from
    and (r.id = any (v_runs) or r.created_at > least(
      now() - make_interval(secs => 86400 * (internal.setting('validation_interval_days') #>> '{}')::double precision),
      (select x.started_at from public.rollouts x where x.status = 'running')));
  get diagnostics v_renamed = row_count;
  return jsonb_build_object('jobs', v_jobs, 'released', v_released, 'runs', v_renamed);
end
$$;
comment on function internal.rename_in_queue(text, text) is
  'Names a symbol anew in jobs that have not succeeded, and in the runs that something may still look at: {jobs, released, runs}, released '
  'are jobs that were running and wait again.';
revoke execute on function internal.rename_in_queue(text, text) from public;

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
  where t.name = 'largest_move' and t.value ? p_from;

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
  'each were named anew. Raises no_actor, unknown_symbol, same_symbol, invalid_symbol, symbol_in_use, symbol_is_companion.';
revoke execute on function public.rename_symbol(text, text, text, text) from public, anon, authenticated;
grant execute on function public.rename_symbol(text, text, text, text) to service_role;

-- alerts/triggers/enqueue_divergence_alert.sql
create or replace function internal.enqueue_divergence_alert() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.alert_deliveries (divergence_alert_id, level, payload)
  values (new.id, new.level, internal.webhook_payload(format('%s: %s %s, %s, is at a divergence of %s %%%s. %s',
    case new.level when 'implausible' then 'Implausible skill' else 'Divergence, level ' || new.level end,
    new.symbol, new.horizon, new.ensemble, round((100 * new.divergence)::numeric, 1),
    case when new.threshold is not null then format(' (the level begins at %s %%)', round((100 * new.threshold)::numeric, 1)) else '' end,
    new.message)));
  return null;
end
$$;
comment on function internal.enqueue_divergence_alert() is 'Trigger: an alert on divergence that is opened is to be delivered.';
revoke execute on function internal.enqueue_divergence_alert() from public;

-- alerts/triggers/enqueue_error_alert.sql
create or replace function internal.enqueue_error_alert() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.alert_deliveries (error_alert_id, level, payload)
  values (new.id, new.kind, internal.webhook_payload(format('%s: %s, %s, %s since %s. More is in public.%s.',
    case new.kind when 'error' then 'Error that nobody handled' when 'dead_job' then 'Job ended dead' else 'Slot that no tick came for' end,
    new.source, new.code, case new.occurrences when 1 then 'once' else new.occurrences || ' times' end,
    to_char(new.first_seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI UTC'),
    case new.kind when 'error' then 'errors' when 'dead_job' then 'jobs' else 'slot_runs' end)));
  return null;
end
$$;
comment on function internal.enqueue_error_alert() is 'Trigger: an alert on errors that is opened is to be delivered, without their words.';
revoke execute on function internal.enqueue_error_alert() from public;

-- alerts/triggers/enqueue_rollout_event.sql
create or replace function internal.enqueue_rollout_event() returns trigger
language plpgsql set search_path = ''
as $$
begin
  insert into public.alert_deliveries (rollout_event_id, level, payload)
  values (new.id, new.kind, internal.webhook_payload(format('%s%s: %s, by %s. %s', coalesce('Rollout ' || new.rollout_id, 'Forecasts'),
    coalesce(', stage ' || new.stage, ''), replace(new.kind, '_', ' '), new.actor, new.reason)));
  return null;
end
$$;
comment on function internal.enqueue_rollout_event() is 'Trigger: a decision on a rollout, or what rolls it back, is to be delivered.';
revoke execute on function internal.enqueue_rollout_event() from public;

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
  exception when others then
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

-- schedule/functions/tick_slot.sql
create or replace function internal.tick_slot(p_slot text, p_now timestamptz default now()) returns text
language plpgsql set search_path = ''
as $$
declare
  v_today date := (p_now at time zone 'America/New_York')::date;
  v_due record;
begin
  if not internal.is_configured() then
    return null;
  end if;
  -- Ten minutes: cron may be late, and the tick meant for the other offset from UTC is an hour away.
  select t.slot_date, t.local_time into v_due
  from internal.slot_times(v_today, v_today) t
  where t.slot = p_slot and p_now >= t.due_at and p_now < t.due_at + interval '10 minutes'
  order by t.due_at desc
  limit 1;
  if v_due.slot_date is null then
    return null;
  end if;
  return internal.run_slot(p_slot, v_due.slot_date, v_due.local_time, p_now, false);
end
$$;
comment on function internal.tick_slot(text, timestamptz) is
  'Cron''s tick of a slot: runs it when its time in New York has come within the last ten minutes, and otherwise, '
  'or until Vault has project_url, does nothing (null).';
revoke execute on function internal.tick_slot(text, timestamptz) from public;

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
    where w.function_name = d.function_name and w.claimed_at between now() - interval '15 minutes' and now() + interval '10 minutes')
), answers as (
  -- By function: one that answers says nothing of another that does not.
  select coalesce(bool_or(l.failed), false) as failing
  from (
    select distinct on (w.function_name) w.response_error is not null or w.response_status >= 400 as failed
    from public.worker_requests w
    where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
      and (w.response_status is not null or w.response_error is not null)
    order by w.function_name, w.requested_at desc, w.id desc
  ) l
), requests as (
  select
    count(*) filter (where w.requested_at > now() - interval '1 hour') as made,
    count(*) filter (where w.requested_at > now() - interval '1 hour' and w.claimed_at is not null) as claimed,
    -- Two minutes are for the way there and the start of the function.
    count(*) filter (where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes') as lately,
    count(*) filter (
      where w.requested_at between now() - interval '15 minutes' and now() - interval '2 minutes' and w.claimed_at is not null
    ) as lately_claimed,
    max(w.requested_at) as last_request,
    max(w.claimed_at) as last_claim,
    count(*) filter (where w.response_status is not null or w.response_error is not null) as noted,
    count(*) filter (where w.response_error is not null or w.response_status >= 400) as refused,
    max(w.requested_at) filter (where w.response_status < 400) as last_answer,
    (array_agg(format('%s: %s', w.function_name, coalesce(w.response_error, 'status ' || w.response_status)) order by w.id desc)
      filter (where w.response_error is not null or w.response_status >= 400))[1] as failure
  from public.worker_requests w where w.requested_at between now() - interval '1 day' and now() + interval '10 minutes'
), presence as materialized (
  select p.*, case when p.newest_bar >= p.expected_cutoff then 0 when p.newest_bar is not null then greatest(1, (
    select count(*) from generate_series(
      (p.newest_bar at time zone 'UTC')::date + interval '1 day', p.session_date::timestamp, interval '1 day') g(day)
    where extract(isodow from g.day) < 6
      and not exists (select from public.calendar_exceptions e where e.session_date = g.day::date and e.kind = 'closed')
  )) end as sessions_behind
  from public.vw_forecast_presence p
), settings as (
  select max(t.value #>> '{}') filter (where t.name = 'publishing_enabled') = 'true' as publishing,
    max(t.value #>> '{}') filter (where t.name = 'max_workers') as max_workers
  from public.settings t where t.name in ('publishing_enabled', 'max_workers')
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
    select max(c.ticked_at) as last, max(c.ticked_at) filter (where c.error is null) as last_good,
      count(*) filter (where c.ticked_at > now() - interval '1 hour') as ticks,
      least(extract(epoch from interval '1 hour') / extract(epoch from j.every),
        floor(extract(epoch from now() - min(c.ticked_at)) / extract(epoch from j.every)) + 1)::integer as expected,
      (array_agg(c.error order by c.ticked_at desc))[1] as error
    from public.cron_ticks c where c.job = j.job and c.ticked_at <= now() + interval '10 minutes'
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
      'backing_off', q.backing_off, 'running', q.running, 'max_workers', t.max_workers::integer, 'last_claim', r.last_claim),
    r.last_claim,
    format('%s jobs wait%s, %s back off, %s run; max_workers is %s%s', q.waiting,
      case when q.waiting > 0 then format(', the oldest for %s minutes', floor(q.oldest_minutes)) else '' end, q.backing_off, q.running,
      t.max_workers, coalesce('; claimed none in a quarter of an hour: ' || nullif(array_to_string(u.functions, ', '), ''), ''))
  from queue q cross join requests r cross join unclaimed u cross join settings t

  union all
  select 4, 'dead_jobs', null, d.dead = 0, jsonb_build_object('dead_24_hours', d.dead, 'latest', d.latest), d.last_success,
    format('%s jobs ended dead in the last 24 hours%s', d.dead, coalesce('; the latest: ' || d.latest, ''))
  from (
    select count(*) filter (where j.status = 'dead') as dead,
      (array_agg(format('job %s, %s: %s', j.id, j.error_code, j.error_message) order by j.finished_at desc)
        filter (where j.status = 'dead'))[1] as latest,
      max(j.finished_at) filter (where j.status = 'succeeded') as last_success
    from public.jobs j where j.finished_at > now() - interval '1 day'
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
    case when r.noted = 0 then null else not a.failing end,
    jsonb_build_object('answers_24_hours', r.noted, 'failed_24_hours', r.refused, 'latest_failure', r.failure), r.last_answer,
    format('of the last day''s requests through pg_net %s were answered or given up, %s of them failed%s', r.noted, r.refused,
      coalesce('; the latest: ' || r.failure, ''))
  from requests r cross join answers a

  union all
  select 8, 'forecasts', h.horizon,
    case when not t.publishing or p.expected = 0 then null else p.there = p.expected end,
    jsonb_build_object('session', p.session_date, 'expected', p.expected, 'there', p.there, 'missing', p.missing, 'without_bars', p.bare),
    p.last_issued,
    case
      when not t.publishing then 'publishing_enabled is false: nothing is forecast'
      when p.expected = 0 then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      else format('%s of %s forecasts of the session of %s are there%s', p.there, p.expected, p.session_date, coalesce('; missing: ' || (
        select string_agg(m.name, ', ' order by m.name) from jsonb_array_elements_text(p.missing) m(name)), ''))
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join settings t
  cross join lateral (
    select max(x.session_date) as session_date, count(*) filter (where x.state <> 'no_bars') as expected,
      count(*) filter (where x.state = 'there') as there, count(*) filter (where x.state = 'no_bars') as bare,
      coalesce(jsonb_agg(format('%s %s (%s)', x.symbol, x.ensemble, x.state)) filter (where x.state not in ('there', 'no_bars')), '[]')
        as missing,
      max(x.issued_at) as last_issued
    from presence x where x.horizon = h.horizon
  ) p

  union all
  select 9, 'bars', h.horizon, case when p.behind is null then null else p.behind = 0 end,
    jsonb_build_object('session', p.session_date, 'symbols', p.symbols, 'symbols_behind', p.symbols_behind, 'most_sessions_behind', p.behind,
      'of', p.slowest, 'newest_bar', p.newest),
    p.newest,
    case
      when p.behind is null then format('nothing is expected for %s: no active symbol has bars, no ensemble is active, or the last session was a half day',
        h.horizon)
      when p.behind = 0 then format('all %s symbols have the session of %s', p.symbols, p.session_date)
      else format('%s of %s symbols lack the session of %s; %s is %s sessions behind', p.symbols_behind, p.symbols, p.session_date,
        p.slowest, p.behind)
    end
  from (select distinct unnest(s.horizons) as horizon from public.symbols s where s.active) h
  cross join lateral (
    select max(x.session_date) as session_date, count(distinct x.symbol) as symbols,
      count(distinct x.symbol) filter (where x.sessions_behind > 0) as symbols_behind, max(x.sessions_behind) as behind,
      (array_agg(x.symbol order by x.sessions_behind desc, x.symbol))[1] as slowest, max(x.newest_bar) as newest
    from presence x where x.horizon = h.horizon and x.newest_bar is not null
  ) p

  union all
  select 10, 'publishing', null, t.publishing, jsonb_build_object('publishing_enabled', t.publishing), null::timestamptz,
    case when t.publishing then 'forecasts are planned and published' else 'the kill switch is on: nothing is planned or published' end
  from settings t

  union all
  select 11, 'calendar', null, c.until > (now() + interval '1 year')::date, jsonb_build_object('known_until', c.until), null::timestamptz,
    format('the trading calendar knows every session until %s', c.until)
  from (
    select make_date(extract(year from max(e.session_date))::integer, 12, 31) as until
    from public.calendar_exceptions e where e.source = 'rules'
  ) c

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
  select case when u.there or u.ticked or c.check_name not in ('cron', 'slot', 'forecasts', 'bars') then c.ok end as ok
) v
order by c.place, c.subject;
comment on view public.vw_run_health is
  'Whether what runs unattended does run: one row per check (configuration, cron, slot, queue, dead_jobs, leases, workers, requests, forecasts, bars, '
  'publishing, calendar, alerts), computed from rows and from now(). docs/operations.md says what to do about each.';
comment on column public.vw_run_health.check_name is 'The check.';
comment on column public.vw_run_health.subject is 'Cron job, slot or horizon that it is about; null when there is but one.';
comment on column public.vw_run_health.ok is 'Whether all is well; null when there is nothing to tell it by.';
comment on column public.vw_run_health.status is 'ok, failing, or insufficient: nothing is known.';
comment on column public.vw_run_health.figures is 'What it was told by.';
comment on column public.vw_run_health.last_good_at is 'When it was last seen well, UTC; null when never, or where that means nothing.';
comment on column public.vw_run_health.sentence is 'The same in words.';

revoke all on public.vw_run_health from anon, authenticated, service_role;
grant select on public.vw_run_health to authenticated, service_role;

-- By hand: a renamed ticker reaches what repeats it, and the log has one more kind of event.
alter table public.forecasts drop constraint forecasts_symbol_is_the_ids;
alter table public.forecasts add constraint forecasts_symbol_is_the_ids
  foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade not valid;
alter table public.ensemble_weights drop constraint ensemble_weights_symbol_is_the_ids;
alter table public.ensemble_weights add constraint ensemble_weights_symbol_is_the_ids
  foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade not valid;
alter table public.ensemble_validation_metrics drop constraint ensemble_validation_metrics_symbol_is_the_ids;
alter table public.ensemble_validation_metrics add constraint ensemble_validation_metrics_symbol_is_the_ids
  foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade not valid;
alter table public.rollout_symbols drop constraint rollout_symbols_symbol_is_the_ids;
alter table public.rollout_symbols add constraint rollout_symbols_symbol_is_the_ids
  foreign key (symbol_id, symbol) references public.symbols (id, symbol) on update cascade not valid;

alter table public.rollout_events drop constraint rollout_events_kind_known;
alter table public.rollout_events add constraint rollout_events_kind_known check (kind in (
  'deployed', 'evaluated', 'promoted', 'completed', 'rolled_back', 'extended', 'approved', 'note', 'kill_switch_on', 'kill_switch_off',
  'trigger', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'health_captured', 'secrets_written')) not valid;
comment on table public.rollout_events is
  'The canary log: who, when, why, on which figures. Append-only: a row once written stays, but for a ticker that is renamed.';
comment on column public.rollout_events.kind is
  'deployed, promoted, completed, rolled_back, extended, approved, note, kill_switch_on, kill_switch_off: an operator''s act, or an '
  'automatic one. evaluated: the verdict changed. trigger: something that rolls back was met. forecast_missing, bars_missing, job_dead, '
  'error: what was noticed. health_captured: durations of queries taken by deploy. secrets_written: Vault secrets, by name.';
