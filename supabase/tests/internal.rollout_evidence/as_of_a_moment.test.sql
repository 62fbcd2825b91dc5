begin;
\ir ../fixtures.psql
select plan(4);

select pg_temp.is_internal('internal.rollout_evidence');
select pg_temp.is_refused('select internal.rollout_evidence()', 409, 'no_rollout', 'nothing to judge');
select pg_temp.use_rollout('30 days');
select is((internal.rollout_evidence(now()) ->> 'evidence_at')::timestamptz, now(), 'as of then');
select ok(jsonb_array_length(internal.rollout_evidence(now()) #> '{expected, sessions}') > jsonb_array_length(internal.rollout_evidence(now() - interval '7 days') #> '{expected, sessions}'),
  'what lies later is not in it');

select * from finish();
rollback;
