begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.new_york_time');
select is(
  array[internal.new_york_time('2019-12-23', '08:00'), internal.new_york_time('2019-07-01', '08:00'), internal.new_york_time('2019-11-03', '01:30'),
    internal.new_york_time('2019-03-10', '02:30')],
  array['2019-12-23 13:00Z', '2019-07-01 12:00Z', '2019-11-03 06:30Z', '2019-03-10 07:30Z']::timestamptz[],
  'of an hour that is there twice the second, of one that is not the one after');

select * from finish();
rollback;
