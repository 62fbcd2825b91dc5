create or replace function internal.are_slot_times(p_local_times time[], p_after_close interval[]) returns boolean
language sql immutable set search_path = ''
as $$
  select cardinality(p_local_times) + cardinality(p_after_close) > 0
    and not exists (
      select from unnest(p_local_times) t(at)
      where t.at is null or t.at >= '01:00' and t.at < '03:00' or t.at > '23:45' or extract(second from t.at) <> 0)
    and not exists (
      select from unnest(p_after_close) t(after)
      where t.after is null or t.after not between '0 minutes' and '7 hours 45 minutes' or extract(second from t.after) <> 0)
$$;
comment on function internal.are_slot_times(time[], interval[]) is
  'Whether these can be a slot''s times: whole minutes, before 23:45, and never from 01:00 to 03:00, which are there twice or not at all when '
  'the clocks change.';
revoke execute on function internal.are_slot_times(time[], interval[]) from public;
