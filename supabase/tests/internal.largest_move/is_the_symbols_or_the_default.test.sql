begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.largest_move');
update public.settings set value = '{"default": 3, "TEST": 20}' where name = 'largest_move';
select is(array[internal.largest_move('TEST'), internal.largest_move('OTHER')], array[20, 3]::double precision[], 'of the setting');

select * from finish();
rollback;
