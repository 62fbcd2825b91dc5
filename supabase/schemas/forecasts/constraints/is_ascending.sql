-- Used in CHECKs: a list of quantiles is one only in order, and NaN sorts above everything.
create or replace function internal.is_ascending(p_values double precision[]) returns boolean
language sql immutable strict set search_path = ''
as $$
  select coalesce(bool_and(v.value < 'infinity' and v.value > '-infinity' and v.value >= v.previous), true)
  from (
    select u.value, coalesce(lag(u.value) over (order by u.place), u.value) as previous
    from unnest(p_values) with ordinality u(value, place)
  ) v
$$;
comment on function internal.is_ascending(double precision[]) is 'Whether the values are finite and never decrease.';
revoke execute on function internal.is_ascending(double precision[]) from public;
