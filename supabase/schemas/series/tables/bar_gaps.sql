create table public.bar_gaps (
  symbol_id bigint not null references public.symbols (id),
  timeframe text not null,
  bar_time timestamptz not null,
  reason text not null,
  message text not null,
  noticed_at timestamptz not null default now(),
  primary key (symbol_id, timeframe, bar_time),
  constraint bar_gaps_timeframe_known check (timeframe in ('1D', '4h')),
  constraint bar_gaps_reason_known check (reason in ('missing', 'incomplete'))
);
comment on table public.bar_gaps is
  'Bars that the symbol''s calendar has and its series lacks, whatever way its bars came: reported, never filled in. A gap that closes is deleted.';
comment on column public.bar_gaps.symbol_id is 'The symbol.';
comment on column public.bar_gaps.timeframe is '1D or 4h.';
comment on column public.bar_gaps.bar_time is 'bar_time that the bar would have, UTC.';
comment on column public.bar_gaps.reason is
  'missing: there is no bar. incomplete: nor is there, for the provider gave only some of the half hours that a half session is made of.';
comment on column public.bar_gaps.message is 'The same in a sentence, with what is missing.';
comment on column public.bar_gaps.noticed_at is 'When it was noticed, or the provider last asked for it, UTC.';

alter table public.bar_gaps enable row level security;
create policy bar_gaps_are_read_by_users on public.bar_gaps for select to authenticated using (true);
revoke all on public.bar_gaps from anon, authenticated, service_role;
grant select on public.bar_gaps to authenticated, service_role;
