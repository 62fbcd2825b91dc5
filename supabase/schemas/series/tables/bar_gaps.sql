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
  'Bars that the exchange''s calendar has and the provider did not give: reported, never filled in. A gap that closes is deleted.';
comment on column public.bar_gaps.symbol_id is 'The symbol.';
comment on column public.bar_gaps.timeframe is '1D or 4h.';
comment on column public.bar_gaps.bar_time is 'bar_time that the bar would have, UTC.';
comment on column public.bar_gaps.reason is
  'missing: the provider gave nothing. incomplete: it gave some of the half hours that a half session is made of.';
comment on column public.bar_gaps.message is 'The same in a sentence, with what is missing.';
comment on column public.bar_gaps.noticed_at is 'When the provider was last asked for it, UTC.';

alter table public.bar_gaps enable row level security;
create policy bar_gaps_are_read_by_users on public.bar_gaps for select to authenticated using (true);
revoke all on public.bar_gaps from anon, authenticated, service_role;
grant select on public.bar_gaps to authenticated, service_role;
