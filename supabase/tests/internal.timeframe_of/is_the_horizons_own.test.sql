begin;
\ir ../fixtures.psql
select plan(2);

select is(pg_temp.access('internal.timeframe_of'), 'authenticated service_role, search_path=""', 'views that users read call it');
select is(array_agg(internal.timeframe_of(h) order by h), array['1D', '4h', '8h'], 'each horizon has bars of its own')
from unnest(array['1D', '4h', '8h']) h;

select * from finish();
rollback;
