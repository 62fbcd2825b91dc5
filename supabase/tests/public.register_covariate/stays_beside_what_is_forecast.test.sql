begin;
\ir ../fixtures.psql
select plan(12);

select pg_temp.is_for_service_role('public.register_covariate');
select is(public.register_covariate('VIX', 'level'), '{"symbol": "VIX", "covariate": "level", "registered": true}', 'a new symbol is registered');
select results_eq($$ select s.active, s.covariate, s.calendar from public.symbols s where s.symbol = 'VIX' $$, $$ values (false, 'level', 'XNYS') $$,
  'it is not forecast');
select is(public.register_covariate('VIX', 'level') ->> 'registered', 'false', 'once');
select lives_ok($$ select public.register_covariate('VIX', 'range') $$, 'without bars it may be read otherwise');
select pg_temp.use_bars(3);
update public.symbols set active = false where symbol = 'TEST';
select pg_temp.is_refused($$ select public.register_covariate('TEST', 'range') $$, 409, 'covariate_differs', 'not with bars that were stored otherwise');
select pg_temp.is_refused($$ select public.register_covariate('VIX', 'mean') $$, 400, 'invalid_measure', 'by its level or range alone');
select pg_temp.is_refused($$ select public.register_covariate('no symbol', 'level') $$, 400, 'invalid_symbol', 'a ticker alone');
select pg_temp.is_refused($$ select public.register_covariate(null, 'level') $$, 400, 'invalid_symbol', 'one that is named');
select pg_temp.is_refused($$ select public.register_covariate('NEW', 'level', 'XNONE') $$, 404, 'unknown_calendar', 'with a calendar that is there');
select public.rename_symbol('VIX', 'VIX2', 'Ada');
select pg_temp.is_refused($$ select public.register_covariate('VIX', 'level') $$, 409, 'symbol_renamed', 'not under a former name');
select throws_ok($$ update public.symbols set active = true where symbol = 'VIX2' $$, '23514', null, 'and is never planned');

select * from finish();
rollback;
