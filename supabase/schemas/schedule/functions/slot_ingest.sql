create or replace function internal.slot_ingest(p_date date, p_time time, p_now timestamptz) returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_result jsonb := public.plan_ingestion(internal.slot_key(p_date, p_time), p_date);
begin
  if v_result ->> 'run_id' is null then
    return jsonb_build_object('skipped', coalesce(v_result ->> 'reason', 'nothing was planned'));
  end if;
  return v_result;
end
$$;
comment on function internal.slot_ingest(date, time, timestamptz) is 'Slot ingest: plans the fetching of new bars; skipped when nothing was planned.';
revoke execute on function internal.slot_ingest(date, time, timestamptz) from public;
