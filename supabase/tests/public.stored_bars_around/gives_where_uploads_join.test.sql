begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_for_service_role('public.stored_bars_around');
select pg_temp.use_bars(10);
create function pg_temp.around(p_first integer, p_last integer, p_margin integer) returns jsonb language sql as $$
  select public.stored_bars_around('TEST', '1D', pg_temp.bar_time(p_first), pg_temp.bar_time(p_last), p_margin)
$$;
select is(pg_temp.around(3, 4, 1), jsonb_build_object('stored_at', now() - interval '1 minute',
  'times', '["2015-01-07", "2015-01-08", "2015-01-09", "2015-01-12"]'::jsonb, 'open', '[102, 103, 104, 105]'::jsonb, 'high', '[103, 104, 105, 106]'::jsonb,
  'low', '[101, 102, 103, 104]'::jsonb, 'close', '[102, 103, 104, 105]'::jsonb, 'volume', '[1000, 1000, 1000, 1000]'::jsonb),
  'the bars between, and one on either side');
select is(public.stored_bars_around('TEST', '1D', '2030-01-01', '2030-02-01', 2) -> 'close', '[108, 109]', 'the last ones before an upload that goes on');
select is(public.stored_bars_around('TEST', '1D', '2000-01-01', '2000-02-01', 2) -> 'close', '[100, 101]', 'the first ones after an older one');
select is(public.stored_bars_around('NONE', '1D', '2000-01-01', '2000-02-01', 2) - array['open', 'high', 'low', 'close', 'volume'],
  '{"stored_at": null, "times": []}', 'none where nothing is stored');

select * from finish();
rollback;
