create or replace function internal.keep_series_sums() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.add_series_shares(array_agg(internal.series_share(c, tg_argv[0]::integer))) from changed c having count(*) > 0;
  return null;
end
$$;
comment on function internal.keep_series_sums() is 'Trigger (1 or -1): pairs that come are added to pair_sums_by_series, those that go taken away from it.';
revoke execute on function internal.keep_series_sums() from public;

create trigger forecast_pairs_add_to_series after insert on public.forecast_pairs
referencing new table as changed for each statement execute function internal.keep_series_sums('1');
create trigger forecast_pairs_leave_series after delete on public.forecast_pairs
referencing old table as changed for each statement execute function internal.keep_series_sums('-1');
