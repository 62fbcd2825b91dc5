create table public.monitoring_queries (
  name text primary key,
  query text not null,
  constraint monitoring_queries_name_is_a_files check (name ~ '^[a-z][a-z-]*$'),
  -- Only reads, one statement: measure_queries runs them.
  constraint monitoring_queries_only_read check (query ~* '^(--[^\n]*\n)+(select|with)\s' and strpos(rtrim(regexp_replace(query, '--[^\n]*', '', 'g'), E'; \n'), ';') = 0)
);
comment on table public.monitoring_queries is 'The queries by which the database''s health is measured: the monitoring files of supabase/snippets.';
comment on column public.monitoring_queries.name is 'Name of the file, without .sql.';
comment on column public.monitoring_queries.query is 'Its text, letter by letter.';

alter table public.monitoring_queries enable row level security;
create policy monitoring_queries_are_read_by_operators on public.monitoring_queries for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.monitoring_queries from anon, authenticated, service_role;
grant select on public.monitoring_queries to authenticated, service_role;
