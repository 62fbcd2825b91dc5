-- Ensembles: the configuration that new work is made with. The environment seeds it; from then on the database owns it.
create table public.ensembles (
  ensemble text primary key,
  config_hash text not null,
  active boolean not null default true,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  constraint ensembles_ensemble_known check (ensemble in ('candidate', 'baseline')),
  constraint ensembles_configuration_known foreign key (config_hash) references public.configurations (config_hash)
);
comment on table public.ensembles is 'The configuration that each ensemble has; every forecast and metrics row names the config_hash it was made with.';
comment on column public.ensembles.ensemble is 'candidate: the ensemble under rollout. baseline: the legacy ensemble it is compared with.';
comment on column public.ensembles.config_hash is 'Its configuration, a row of configurations.';
comment on column public.ensembles.active is 'Whether the schedule plans work for it.';
comment on column public.ensembles.created_at is 'Seeded, UTC.';
comment on column public.ensembles.updated_at is 'Last change, UTC.';

create trigger ensembles_touch before update on public.ensembles
for each row execute function internal.touch_updated_at();

alter table public.ensembles enable row level security;
create policy ensembles_are_read_by_users on public.ensembles for select to authenticated using (true);
revoke all on public.ensembles from anon, authenticated, service_role;
grant select on public.ensembles to authenticated, service_role;
