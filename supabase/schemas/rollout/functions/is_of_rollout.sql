create or replace function internal.is_of_rollout(p_rollout_id bigint, p_symbol text) returns boolean
language sql stable set search_path = ''
as $$
  select p_symbol is null or exists (
    select from public.symbols s
    join public.rollout_symbols m on m.symbol_id = s.id
    where m.rollout_id = p_rollout_id and s.symbol = p_symbol)
$$;
comment on function internal.is_of_rollout(bigint, text) is
  'Whether what concerns a symbol concerns a rollout: it has reached the symbol, or no single symbol is meant (null).';
revoke execute on function internal.is_of_rollout(bigint, text) from public;
