-- What jobs are told of the settings, once: their payloads name it by its id.
create table public.job_settings (
  id smallint generated always as identity primary key,
  settings jsonb not null unique
);
comment on table public.job_settings is
  'Settings as they were when jobs were planned: settings_id in a job''s payload names the row, whose keys the payload of a claimed job '
  'has. Append-only.';
comment on column public.job_settings.id is 'Surrogate key.';
comment on column public.job_settings.settings is '{sizes, levels}: window_sizes of a horizon, divergence_levels.';

create trigger job_settings_are_append_only before update or delete on public.job_settings
for each row execute function internal.refuse_change();

alter table public.job_settings enable row level security;
create policy job_settings_are_read_by_operators on public.job_settings for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.job_settings from anon, authenticated, service_role;
grant select on public.job_settings to authenticated, service_role;
