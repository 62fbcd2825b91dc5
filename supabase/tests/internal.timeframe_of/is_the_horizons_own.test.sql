begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.timeframe_of');
select is(array_agg(internal.timeframe_of(h) order by h), array['1D', '4h', '8h'], 'each horizon has bars of its own')
from unnest(array['1D', '4h', '8h']) h;

select * from finish();
rollback;
