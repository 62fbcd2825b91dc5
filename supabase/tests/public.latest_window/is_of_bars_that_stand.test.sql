begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_for_service_role('public.latest_window');
select pg_temp.use_bars(130);
select is(public.latest_window('TEST', '1D', 'feedfacefeedface'), null, 'null without one');
select pg_temp.use_window(119), pg_temp.use_window(129, 0.3);
select is(public.latest_window('TEST', '1D', 'feedfacefeedface'), '{"window_id": 129, "divergence": 0.3, "verdict": "overfitting"}', 'the latest');
select pg_temp.restate_bar(125);
select is(public.latest_window('TEST', '1D', 'feedfacefeedface') -> 'window_id', '119', 'one whose bars were restated does not count');

select * from finish();
rollback;
