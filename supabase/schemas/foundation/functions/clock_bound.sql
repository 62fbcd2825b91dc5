create or replace function internal.clock_bound() returns timestamptz
language sql stable set search_path = ''
as $$
  select now() + interval '10 minutes'
$$;
comment on function internal.clock_bound() is
  'The latest time that a row can have been finished at: what has a later one was written by a clock that was set back since, and does not '
  'count as done. Ten minutes, since clocks that are set right by a little are no matter.';
revoke execute on function internal.clock_bound() from public;
