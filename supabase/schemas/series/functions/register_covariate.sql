create or replace function public.register_covariate(p_symbol text, p_measure text, p_calendar text default null) returns jsonb
language plpgsql security definer set search_path = ''
as $$
declare
  v_symbol public.symbols;
  v_has_bars boolean;
  v_is_new boolean;
begin
  if p_measure is distinct from 'level' and p_measure is distinct from 'range' then
    perform internal.refuse(400, 'invalid_measure', format('A covariate is read by its level or its range, not by %s', quote_nullable(p_measure)));
  end if;
  if p_calendar is not null then
    perform internal.require_calendar(p_calendar);
  end if;
  begin
    insert into public.symbols (symbol, active, covariate, calendar)
    select p_symbol, false, p_measure, coalesce(p_calendar, 'XNYS')
    where not exists (select from public.symbol_renames r where r.old_symbol = p_symbol)
    on conflict (symbol) do nothing;
  exception
    when check_violation or not_null_violation then
      perform internal.refuse(400, 'invalid_symbol', format(
        '%s is no ticker: it takes 1 to 16 of A-Z, 0-9, dot, underscore and hyphen, and begins with a letter or digit',
        quote_nullable(left(p_symbol, 40))));
  end;
  v_is_new := found;
  select s.* into v_symbol from public.symbols s where s.symbol = p_symbol for update;
  if v_symbol.id is null then
    perform internal.refuse(409, 'symbol_renamed', (
      select format('%s was renamed to %s on %s: register it under that name', r.old_symbol, r.new_symbol, (r.renamed_at at time zone 'UTC')::date)
      from public.symbol_renames r where r.old_symbol = p_symbol order by r.id desc limit 1));
  end if;
  v_has_bars := exists (select from public.bar_series b where b.symbol_id = v_symbol.id);
  if v_symbol.covariate is distinct from p_measure then
    if v_has_bars then
      perform internal.refuse(409, 'covariate_differs', format('%s %s: leave the option out, or make room for other bars with forget_series first',
        p_symbol, case coalesce(v_symbol.covariate, '')
          when 'level' then 'is a covariate of which only closes are stored'
          when 'range' then 'is a covariate whose bars are stored whole'
          else 'is a symbol like any other, which ensembles may read as a covariate as it is' end));
    end if;
    update public.symbols s set covariate = p_measure, active = false where s.id = v_symbol.id;
  end if;
  return jsonb_build_object('symbol', p_symbol, 'covariate', p_measure, 'registered', v_is_new);
end
$$;
comment on function public.register_covariate(text, text, text) is
  'Registers a symbol that is read beside others and that no schedule forecasts: by its level (only closes are stored) or its range; registering it again changes nothing. '
  'p_calendar: of a new symbol, default XNYS. {symbol, covariate, registered: whether it is new}. Raises invalid_measure, unknown_calendar, invalid_symbol, '
  'symbol_renamed, covariate_differs (it has bars that were stored otherwise).';
revoke execute on function public.register_covariate(text, text, text) from public, anon, authenticated;
grant execute on function public.register_covariate(text, text, text) to service_role;
