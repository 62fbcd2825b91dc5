create or replace function internal.keep_series_sums() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_shares public.pair_sums_by_series[];
begin
  case tg_op
    when 'INSERT' then
      select array_agg(internal.series_share(a, 1)) into v_shares from added a;
    when 'DELETE' then
      select array_agg(internal.series_share(r, -1)) into v_shares from removed r;
    else
      select array_agg(c.share) into v_shares
      from (select internal.series_share(a, 1) as share from added a union all select internal.series_share(r, -1) from removed r) c;
  end case;
  if v_shares is not null then
    perform internal.add_series_shares(v_shares);
  end if;
  return null;
end
$$;
comment on function internal.keep_series_sums() is 'Trigger: pairs that come, change or go are added to pair_sums_by_series, and taken away from it.';
revoke execute on function internal.keep_series_sums() from public;

create trigger forecast_pairs_add_to_series after insert on public.forecast_pairs
referencing new table as added for each statement execute function internal.keep_series_sums();
create trigger forecast_pairs_change_series after update on public.forecast_pairs
referencing new table as added old table as removed for each statement execute function internal.keep_series_sums();
create trigger forecast_pairs_leave_series after delete on public.forecast_pairs
referencing old table as removed for each statement execute function internal.keep_series_sums();
