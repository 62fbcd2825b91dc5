create or replace function internal.clock_bound(p_now timestamptz default now()) returns timestamptz
language sql stable set search_path = ''
as $$
  select p_now + interval '10 minutes'
$$;
comment on function internal.clock_bound(timestamptz) is
  'The latest time that a row can have been finished at: what has a later one was written by a clock that was set back since, and does not '
  'count as done. Ten minutes, since clocks that are set right by a little are no matter.';
revoke execute on function internal.clock_bound(timestamptz) from public;
