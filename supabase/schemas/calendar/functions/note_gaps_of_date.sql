create or replace function internal.note_gaps_of_date(p_calendar text, p_date date) returns void
language plpgsql set search_path = ''
as $$
begin
  perform internal.note_gaps(b.symbol_id, b.timeframe, d.begins, d.begins + interval '1 day')
  from public.symbols s
  join public.bar_series b on b.symbol_id = s.id
  cross join (select p_date::timestamp at time zone 'UTC' as begins) d
  where s.calendar = p_calendar and b.first_bar_time < d.begins + interval '1 day' and b.last_bar_time >= d.begins;
end
$$;
comment on function internal.note_gaps_of_date(text, date) is
  'Keeps bar_gaps of a date where a calendar says something else of it than before: of the symbols that go by it, and have bars from before and after.';
revoke execute on function internal.note_gaps_of_date(text, date) from public;
