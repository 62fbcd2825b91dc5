-- Used in a CHECK: weights are an object of numbers between 0 and 1 that sum to 1.
create or replace function internal.are_weights(p_weights jsonb) returns boolean
language sql immutable strict set search_path = ''
as $$
  select case when jsonb_typeof(p_weights) <> 'object' then false else (
    select coalesce(
      bool_and(case when jsonb_typeof(w.value) = 'number' then w.value::numeric between 0 and 1 else false end)
        and abs(sum(case when jsonb_typeof(w.value) = 'number' then w.value::numeric else 0 end) - 1) <= 1e-9,
      false)
    from jsonb_each(p_weights) w
  ) end
$$;
comment on function internal.are_weights(jsonb) is
  'Whether this is an object of members'' weights: numbers between 0 and 1 whose sum is 1 (to nine digits).';
revoke execute on function internal.are_weights(jsonb) from public;
