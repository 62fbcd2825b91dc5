begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.are_weights');
select is(
  array[internal.are_weights('{"LSTM": 0.3, "GB": 0.7}'), internal.are_weights('{"LSTM": 0.3, "GB": 0.6}'),
    internal.are_weights('{"LSTM": -0.5, "GB": 1.5}'), internal.are_weights('{"LSTM": "1"}'), internal.are_weights('{}'),
    internal.are_weights('[1]'), internal.are_weights('{"LSTM": 1}')],
  array[true, false, false, false, false, false, true], 'numbers between 0 and 1 whose sum is 1');

select * from finish();
rollback;
