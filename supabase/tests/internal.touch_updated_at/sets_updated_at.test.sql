begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.touch_updated_at');
insert into public.symbols (symbol, updated_at) values ('TEST', now() - interval '1 day');
update public.symbols set name = 'Test' where symbol = 'TEST';
select is(updated_at, now(), 'an update sets it') from public.symbols where symbol = 'TEST';
select is_empty(
  $$ select c.table_name from information_schema.columns c
     where c.table_schema = 'public' and c.column_name = 'updated_at'
       and exists (select from pg_class t where t.oid = format('public.%I', c.table_name)::regclass and t.relkind = 'r')
       and not exists (
         select from pg_trigger g where g.tgrelid = format('public.%I', c.table_name)::regclass
           and g.tgfoid = 'internal.touch_updated_at'::regproc) $$,
  'every table with that column has the trigger');

select * from finish();
rollback;
