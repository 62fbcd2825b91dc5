begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.not_issued_from');
select is(
  array[internal.not_issued_from('8h', '2019-12-24T14:30Z'), internal.not_issued_from('8h', '2019-12-26T14:30Z'),
    internal.not_issued_from('4h', '2019-12-24T14:30Z'), internal.not_issued_from('1D', '2019-12-24Z')],
  array[true, false, false, false], 'eight hours after a half day are a day');

select * from finish();
rollback;
