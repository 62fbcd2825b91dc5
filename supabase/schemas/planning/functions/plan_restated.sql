create or replace function internal.plan_restated(p_symbol_ids bigint[]) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_planned integer;
begin
  -- Where somebody plans already, or adds forecasts, it does not wait: the tick of the next minute (continue) plans them.
  if internal.setting('publishing_enabled') <> 'true'
    or not pg_try_advisory_xact_lock(hashtext('plumbline.plan_work'))
    or not pg_try_advisory_xact_lock(hashtext('plumbline.add_forecast_jobs')) then
    return 0;
  end if;
  v_planned := internal.plan_forecasts(p_symbol_ids);
  if v_planned > 0 then
    perform internal.request_workers(v_planned, false);
  end if;
  return v_planned;
end
$$;
comment on function internal.plan_restated(bigint[]) is
  'Plans forecasts of symbols whose bars were restated, at once where nobody else plans; returns how many. To be called last: who plans waits '
  'for the end of the transaction.';
revoke execute on function internal.plan_restated(bigint[]) from public;
