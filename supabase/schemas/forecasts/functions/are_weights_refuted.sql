-- A request for a forecast heeds what validation found since the fit: learned weights that it speaks against are not used any more.
create or replace function internal.are_weights_refuted(p_symbol_id bigint, p_horizon text, p_config_hash text, p_since timestamptz)
returns boolean
language sql stable set search_path = ''
as $$
  select coalesce((
    select o.updated_at > p_since
      and (o.verdict <> 'ok' or m.divergence > (internal.setting('divergence_levels') ->> 'warning')::double precision)
    from (
      select v.metrics_id from public.vw_valid_windows v
      where v.symbol_id = p_symbol_id and v.horizon = p_horizon and v.config_hash = p_config_hash
      order by v.window_id desc limit 1
    ) w
    join public.ensemble_validation_metrics m on m.id = w.metrics_id
    join public.overfitting_tests o on o.metrics_id = w.metrics_id), false)
$$;
comment on function internal.are_weights_refuted(bigint, text, text, timestamptz) is
  'Whether the latest window, stored after p_since, is one that calibrated weights go back to the preset for: its verdict is not ok, or its '
  'divergence is above the level warning. '
  'Twin: judgeStoredWindow (src/shared/divergence/judge-fit.ts), compared in test/database/computed-twice.test.ts.';
revoke execute on function internal.are_weights_refuted(bigint, text, text, timestamptz) from public;
