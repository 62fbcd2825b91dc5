-- Each configuration once: ensembles, runs and jobs name it by its hash.
create table public.configurations (
  config_hash text primary key,
  configuration jsonb not null,
  created_at timestamptz not null default now(),
  constraint configurations_config_hash_is_hex check (config_hash ~ '^[0-9a-f]{16,64}$')
);
comment on table public.configurations is
  'The configurations that ensembles have or had. Append-only: what a hash names stays, also when nothing refers to it any more.';
comment on column public.configurations.config_hash is 'Hash of the configuration''s canonical JSON, hexadecimal.';
comment on column public.configurations.configuration is 'Members'' weights, grids, mean factors, companions, covariates, refit interval and seed.';
comment on column public.configurations.created_at is 'First stored, UTC.';

create trigger configurations_are_append_only before update or delete on public.configurations
for each row execute function internal.refuse_change();

alter table public.configurations enable row level security;
create policy configurations_are_read_by_operators on public.configurations for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.configurations from anon, authenticated, service_role;
grant select on public.configurations to authenticated, service_role;
