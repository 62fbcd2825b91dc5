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
