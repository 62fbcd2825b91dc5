-- Settings: what an operator may change without a redeploy.
create table public.settings (
  name text primary key,
  value jsonb not null,
  description text not null,
  updated_at timestamptz not null default now(),
  constraint settings_name_is_snake_case check (name ~ '^[a-z][a-z0-9_]*$')
);
comment on table public.settings is 'What an operator may change without a redeploy; one row a setting.';
comment on column public.settings.name is 'Setting, snake_case.';
comment on column public.settings.value is 'Its value as JSON; the shape is in the description.';
comment on column public.settings.description is 'What it decides, its unit and its shape.';
comment on column public.settings.updated_at is 'Last change, UTC.';

create trigger settings_touch before update on public.settings
for each row execute function internal.touch_updated_at();

alter table public.settings enable row level security;
-- The views for users look at these two: current_forecasts, vw_daily_divergence.
create policy settings_are_read_by_operators on public.settings for select to authenticated
using (name in ('publishing_enabled', 'divergence_levels') or (select internal.may_read_operations()));
revoke all on public.settings from anon, authenticated, service_role;
grant select on public.settings to authenticated, service_role;
