begin;
\ir ../fixtures.psql
select plan(3);
select pg_temp.use_symbol();

select pg_temp.is_internal('internal.unknown_symbols_message');
select public.rename_symbol('TEST', 'NEWER', 'Ada', null);
select is(internal.unknown_symbols_message(array['TEST', null, 'NONE']),
  'There is no symbol ''NONE'', ''TEST'' (renamed to NEWER), without a name: store its bars first, or leave its events out', 'by name, with what they are called now');
select matches(internal.unknown_symbols_message((select array_agg(format('S%s', lpad(n::text, 2, '0'))) from generate_series(1, 23) n)),
  '''S20'' and 3 more:', 'the first twenty');

select * from finish();
rollback;
