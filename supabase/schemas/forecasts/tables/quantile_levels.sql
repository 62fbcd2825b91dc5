-- Each list of levels once: forecasts name theirs by its id.
create table public.quantile_levels (
  id smallint generated always as identity primary key,
  levels double precision[] not null,
  -- An index that compares whole lists would refuse long ones.
  constraint quantile_levels_once exclude using hash (levels with =),
  constraint quantile_levels_ascend check (internal.is_ascending(levels)),
  constraint quantile_levels_are_probabilities check (
    cardinality(levels) > 0 and levels[1] > 0 and levels[cardinality(levels)] < 1
  )
);
comment on table public.quantile_levels is 'The levels at which forecasts'' quantiles are held; a forecast names its list. Append-only.';
comment on column public.quantile_levels.id is 'Surrogate key.';
comment on column public.quantile_levels.levels is 'Ascending, between 0 and 1.';

create trigger quantile_levels_are_append_only before update or delete on public.quantile_levels
for each row execute function internal.refuse_change();

alter table public.quantile_levels enable row level security;
create policy quantile_levels_are_read_by_users on public.quantile_levels for select to authenticated using (true);
revoke all on public.quantile_levels from anon, authenticated, service_role;
grant select on public.quantile_levels to authenticated, service_role;
