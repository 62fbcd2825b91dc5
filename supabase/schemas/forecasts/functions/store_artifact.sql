create or replace function internal.store_artifact(p_run_id uuid, p_row jsonb) returns bigint
language plpgsql set search_path = ''
as $$
declare
  v_id bigint;
begin
  insert into public.artifacts (
    symbol_id, horizon, ensemble, config_hash, code_version, data_cutoff, hyperparameters, state, run_id)
  select s.id, p_row ->> 'horizon', p_row ->> 'ensemble', p_row ->> 'config_hash', p_row ->> 'code_version',
    (p_row ->> 'data_cutoff')::timestamptz, p_row -> 'hyperparameters', p_row -> 'state', p_run_id
  from public.symbols s where s.symbol = p_row ->> 'symbol'
  on conflict on constraint artifacts_one_a_cutoff do update
    set hyperparameters = excluded.hyperparameters, state = excluded.state, run_id = excluded.run_id, trained_at = now()
  returning id into strict v_id;

  -- Two generations are kept: the one in use and the one before it.
  delete from public.artifacts a
  using public.artifacts latest
  where latest.id = v_id
    and (a.symbol_id, a.horizon, a.ensemble) = (latest.symbol_id, latest.horizon, latest.ensemble)
    and a.id not in (
      select k.id from public.artifacts k
      where (k.symbol_id, k.horizon, k.ensemble) = (latest.symbol_id, latest.horizon, latest.ensemble)
      order by k.trained_at desc, k.id desc limit 2);
  return v_id;
end
$$;
comment on function internal.store_artifact(uuid, jsonb) is 'Stores a fitted ensemble (a row of artifacts as JSON, by symbol) and drops all but the last two.';
revoke execute on function internal.store_artifact(uuid, jsonb) from public;
