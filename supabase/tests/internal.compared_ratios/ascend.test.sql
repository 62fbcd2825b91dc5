begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.compared_ratios');
select is(internal.compared_ratios(), (select array_agg(r order by r) from unnest(internal.compared_ratios()) r), 'in order');
select is((internal.compared_ratios())[6], 1::double precision, 'the 6th is 1');

select * from finish();
rollback;
