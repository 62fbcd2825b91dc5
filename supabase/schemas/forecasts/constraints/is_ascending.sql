-- Used in CHECKs: a list of quantiles is one only in order, and NaN sorts above everything.
create or replace function internal.is_ascending(p_values double precision[]) returns boolean
language sql immutable strict set search_path = ''
as $$
  select p_values = array(select u.value from unnest(p_values) u(value) order by u.value)
    and coalesce(p_values[1] > '-infinity' and p_values[cardinality(p_values)] < 'infinity', cardinality(p_values) = 0)
$$;
comment on function internal.is_ascending(double precision[]) is 'Whether the values are finite and never decrease.';
revoke execute on function internal.is_ascending(double precision[]) from public;
