create or replace function internal.create_run(
  p_kind text, p_ensemble text, p_key text, p_via text, p_by uuid, p_cutoff timestamptz, p_params jsonb
) returns uuid
language plpgsql set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.runs (
    kind, ensemble, idempotency_key, requested_via, requested_by, data_cutoff, params, config_hash)
  select p_kind, p_ensemble, p_key, p_via, p_by, p_cutoff, p_params, e.config_hash
  from public.ensembles e where e.ensemble = p_ensemble
  on conflict (idempotency_key) where status <> 'failed' do nothing
  returning id into v_id;
  return v_id;
end
$$;
comment on function internal.create_run(text, text, text, text, uuid, timestamptz, jsonb) is
  'A new run with the ensemble''s configuration; null when one with this key is there and has not failed.';
revoke execute on function internal.create_run(text, text, text, text, uuid, timestamptz, jsonb) from public;
