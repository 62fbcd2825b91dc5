create or replace function internal.change_series_sums() returns trigger
language plpgsql set search_path = ''
as $$
begin
  -- Both at once: what is compared, and changes no share, touches no sum.
  perform internal.add_series_shares(array_agg(c.share))
  from (select internal.series_share(a, 1) as share from added a union all select internal.series_share(r, -1) from removed r) c
  having count(*) > 0;
  return null;
end
$$;
comment on function internal.change_series_sums() is 'Trigger: what pairs were before is taken away from pair_sums_by_series, what they are now added.';
revoke execute on function internal.change_series_sums() from public;

create trigger forecast_pairs_change_series after update on public.forecast_pairs
referencing new table as added old table as removed for each statement execute function internal.change_series_sums();
