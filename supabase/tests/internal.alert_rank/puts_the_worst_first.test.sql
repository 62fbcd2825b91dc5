begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.alert_rank');
select ok(internal.alert_rank('rolled_back') < internal.alert_rank('critical') and internal.alert_rank('critical') < internal.alert_rank('warning'),
  'a rollback before a critical alert before a warning');
select is(internal.alert_rank('promoted'), 99, 'what is no fault comes last');

select * from finish();
rollback;
