-- Who remembers a former ticker: an upload under it must not register it anew.
create table public.symbol_renames (
  id bigint generated always as identity primary key,
  symbol_id bigint not null references public.symbols (id),
  old_symbol text not null,
  new_symbol text not null,
  renamed_at timestamptz not null default now(),
  actor text not null,
  reason text,
  constraint symbol_renames_change_it check (old_symbol <> new_symbol)
);
comment on table public.symbol_renames is 'Tickers that were renamed, one row each time: who, when, why. Written by rename_symbol.';
comment on column public.symbol_renames.id is 'Order.';
comment on column public.symbol_renames.symbol_id is 'The symbol, whose id stays.';
comment on column public.symbol_renames.old_symbol is 'Its ticker before. Uploads under it are refused while no symbol has it.';
comment on column public.symbol_renames.new_symbol is 'Its ticker since.';
comment on column public.symbol_renames.renamed_at is 'When, UTC.';
comment on column public.symbol_renames.actor is 'Who renamed it.';
comment on column public.symbol_renames.reason is 'Why, where it was said.';

create index symbol_renames_by_old_symbol on public.symbol_renames (old_symbol, id);
create index symbol_renames_by_symbol on public.symbol_renames (symbol_id);

alter table public.symbol_renames enable row level security;
create policy symbol_renames_are_read_by_operators on public.symbol_renames for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.symbol_renames from anon, authenticated, service_role;
grant select on public.symbol_renames to authenticated, service_role;
