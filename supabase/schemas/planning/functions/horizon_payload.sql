create or replace function internal.horizon_payload(p_horizon text) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_settings jsonb := jsonb_build_object('sizes', internal.window_sizes(p_horizon), 'levels', internal.setting('divergence_levels'));
  v_id smallint := (select s.id from public.job_settings s where s.settings = v_settings);
begin
  if v_id is null then
    insert into public.job_settings (settings) values (v_settings) on conflict (settings) do nothing;
    select s.id into strict v_id from public.job_settings s where s.settings = v_settings;
  end if;
  return jsonb_build_object('horizon', p_horizon, 'settings_id', v_id);
end
$$;
comment on function internal.horizon_payload(text) is
  'What every job of an ensemble over a horizon is told beside symbol and ensemble: {horizon, settings_id}, the id of the settings as they '
  'are now in job_settings.';
revoke execute on function internal.horizon_payload(text) from public;
