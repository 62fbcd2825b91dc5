create or replace function internal.keep_origin_sums() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_origin record;
  v_is_locked boolean := false;
begin
  for v_origin in
    select distinct c.rollout_id, c.stage, c.horizon, c.data_cutoff
    from changed c
    where c.compared_at is not null and c.baseline_id is not null
  loop
    if not v_is_locked then
      -- Two at once would each miss the other's pairs.
      perform pg_advisory_xact_lock(hashtext('plumbline.pair_sums_by_origin'));
      v_is_locked := true;
    end if;
    perform internal.sum_origin(v_origin.rollout_id, v_origin.stage, v_origin.horizon, v_origin.data_cutoff);
  end loop;
  return null;
end
$$;
comment on function internal.keep_origin_sums() is
  'Trigger: origins of which pairs were compared, or changed or deleted after that, are added up anew in pair_sums_by_origin.';
revoke execute on function internal.keep_origin_sums() from public;

create trigger forecast_pairs_sum_old_origins after update on public.forecast_pairs
referencing old table as changed for each statement execute function internal.keep_origin_sums();
create trigger forecast_pairs_sum_new_origins after update on public.forecast_pairs
referencing new table as changed for each statement execute function internal.keep_origin_sums();
create trigger forecast_pairs_sum_origins_left after delete on public.forecast_pairs
referencing old table as changed for each statement execute function internal.keep_origin_sums();
