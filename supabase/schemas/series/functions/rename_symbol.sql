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
