create or replace function internal.unknown_symbols_message(p_symbols text[]) returns text
language sql stable set search_path = ''
as $$
  select format('There is no symbol %s%s: store its bars first, or leave its events out',
    string_agg(coalesce(quote_literal(left(u.symbol, 40)), 'without a name') || coalesce(' (renamed to ' || u.new_symbol || ')', ''), ', ' order by u.symbol)
      filter (where u.place <= 20),
    case when count(*) > 20 then format(' and %s more', count(*) - 20) else '' end)
  from (
    select n.symbol, row_number() over (order by n.symbol) as place, (
      select r.new_symbol from public.symbol_renames r where r.old_symbol = n.symbol order by r.id desc limit 1) as new_symbol
    from unnest(p_symbols) n(symbol)
  ) u
$$;
comment on function internal.unknown_symbols_message(text[]) is 'The refusal of events of symbols that are not there: the first 20 by name, with what they were renamed to.';
revoke execute on function internal.unknown_symbols_message(text[]) from public;
