create or replace function internal.new_york_time(p_date date, p_time time) returns timestamptz
language sql stable set search_path = ''
as $$
  select (p_date + p_time) at time zone 'America/New_York'
$$;
comment on function internal.new_york_time(date, time) is
  'A time of day on New York''s clocks as an instant. Of the hour that is there twice in autumn the second one; of the hour that is not '
  'there in spring the one after it.';
revoke execute on function internal.new_york_time(date, time) from public;
