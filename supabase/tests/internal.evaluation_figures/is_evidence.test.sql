begin;
\ir ../fixtures.psql
select plan(3);

select pg_temp.is_internal('internal.evaluation_figures');
select pg_temp.use_rollout();
select pg_temp.use_evaluation('fail');
select is(internal.evaluation_figures(e) - 'id' - 'evidence_at' - 'criteria', '{"verdict": "fail", "status_line": "all is fail", "triggers": []}',
  'what was found') from public.rollout_evaluations e;
select is(internal.evaluation_figures(null::public.rollout_evaluations), null, 'nothing of none');

select * from finish();
rollback;
