create or replace function public.start_rollout(
  p_actor text,
  p_candidate jsonb,
  p_candidate_hash text,
  p_baseline jsonb,
  p_baseline_hash text,
  p_symbols text[],
  p_code_version text,
  p_commit_hash text default null,
  p_tests jsonb default null,
  p_health jsonb default '{}'
) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_actor text := internal.require_actor(p_actor);
  v_rollout public.rollouts := internal.lock_rollout();
  v_symbols text[];
  v_refused text;
begin
  if v_rollout.status = 'running' then
    if (v_rollout.candidate_hash, v_rollout.baseline_hash) is distinct from (p_candidate_hash, p_baseline_hash) then
      perform internal.refuse(409, 'rollout_running', format(
        'Rollout %s of candidate %s against baseline %s runs in stage %s: complete it or roll it back first (%s)', v_rollout.id,
        v_rollout.candidate_hash, v_rollout.baseline_hash, v_rollout.stage,
        internal.decision_text(v_rollout.id, '{deployed, promoted}')));
    end if;
    return jsonb_build_object('rollout_id', v_rollout.id, 'repeated', true, 'stage', v_rollout.stage, 'symbols', (
      select coalesce(jsonb_agg(m.symbol order by m.symbol), '[]') from public.rollout_symbols m where m.rollout_id = v_rollout.id));
  end if;

  if p_candidate_hash = p_baseline_hash then
    perform internal.refuse(400, 'same_configuration', format(
      'Candidate and baseline have the same configuration, %s: there is nothing to compare', p_candidate_hash));
  end if;
  select coalesce(array_agg(distinct a.symbol order by a.symbol), '{}') into v_symbols from unnest(p_symbols) a(symbol);
  if cardinality(v_symbols) = 0 then
    perform internal.refuse(400, 'no_symbols', 'A rollout needs the symbols that it begins with');
  end if;
  select string_agg(a.symbol, ', ' order by a.symbol) into v_refused
  from unnest(v_symbols) a(symbol)
  where not exists (select from public.symbols s where s.symbol = a.symbol);
  if v_refused is not null then
    perform internal.refuse(404, 'unknown_symbol', format('Not in the registry of symbols: %s', v_refused));
  end if;
  select string_agg(s.symbol, ', ' order by s.symbol) into v_refused
  from public.symbols s where s.symbol = any (v_symbols) and not s.active;
  if v_refused is not null then
    perform internal.refuse(409, 'inactive_symbol', format('Not active, so that nothing is forecast for them: %s', v_refused));
  end if;

  perform internal.store_configuration(p_candidate_hash, p_candidate);
  perform internal.store_configuration(p_baseline_hash, p_baseline);
  insert into public.ensembles as e (ensemble, config_hash)
  values ('candidate', p_candidate_hash), ('baseline', p_baseline_hash)
  on conflict (ensemble) do update
    set config_hash = excluded.config_hash, active = true
    where (e.config_hash, e.active) is distinct from (excluded.config_hash, true);
  update public.symbols set stage = 'canary' where symbol = any (v_symbols) and stage <> 'canary';
  update public.symbols set stage = 'limited' where stage = 'canary' and symbol <> all (v_symbols);

  insert into public.rollouts (
    candidate_hash, baseline_hash, code_version, commit_hash, tests, stage_due_at, health_captured)
  values (p_candidate_hash, p_baseline_hash, p_code_version, p_commit_hash, p_tests, now() + internal.stage_length('canary'),
    coalesce(p_health, '{}'))
  returning * into v_rollout;
  perform internal.reach_stage(v_rollout.id, 'canary');
  select string_agg(a.symbol, ', ' order by a.symbol) into v_refused
  from unnest(v_symbols) a(symbol)
  where not exists (select from public.rollout_symbols m where m.rollout_id = v_rollout.id and m.symbol = a.symbol);
  if v_refused is not null then
    perform internal.refuse(409, 'no_horizons', format('Without any of the horizons of stage canary, %s: %s',
      (select string_agg(h.name, ', ') from jsonb_array_elements_text(internal.setting('rollout_stages') #> '{canary, horizons}') h(name)),
      v_refused));
  end if;

  perform internal.add_rollout_event(v_rollout.id, 'deployed', v_actor, format('candidate %s beside baseline %s, to %s',
      p_candidate_hash, p_baseline_hash, array_to_string(v_symbols, ', ')),
    jsonb_build_object('candidate_hash', p_candidate_hash, 'baseline_hash', p_baseline_hash, 'code_version', p_code_version,
      'commit_hash', p_commit_hash, 'tests', p_tests, 'stage_due_at', v_rollout.stage_due_at, 'symbols', (
        select jsonb_agg(jsonb_build_object('symbol', m.symbol, 'horizons', m.horizons) order by m.symbol)
        from public.rollout_symbols m where m.rollout_id = v_rollout.id)));
  if coalesce(p_health, '{}') <> '{}' then
    perform internal.add_rollout_event(v_rollout.id, 'health_captured', v_actor,
      'durations of the monitoring queries before anything was changed', p_health);
  end if;
  return jsonb_build_object('rollout_id', v_rollout.id, 'repeated', false, 'stage', v_rollout.stage, 'symbols', to_jsonb(v_symbols));
end
$$;
comment on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) is
  'Starts the rollout of a candidate beside a baseline with the given symbols, which become stage canary: {rollout_id, repeated, stage, '
  'symbols}. The same two configurations while it runs are the same rollout (repeated). Raises no_actor, rollout_running, '
  'same_configuration, no_symbols, unknown_symbol, inactive_symbol, hash_taken, no_horizons.';
revoke execute on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) from public, anon, authenticated;
grant execute on function public.start_rollout(text, jsonb, text, jsonb, text, text[], text, text, jsonb, jsonb) to service_role;
