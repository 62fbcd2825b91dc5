create or replace function internal.stage_length(p_stage text) returns interval
language sql stable set search_path = ''
as $$
  select make_interval(secs => 86400 * (internal.setting('rollout_stages') -> p_stage ->> 'days')::double precision)
$$;
comment on function internal.stage_length(text) is 'How long a stage lasts at least, by the setting rollout_stages.';
revoke execute on function internal.stage_length(text) from public;
