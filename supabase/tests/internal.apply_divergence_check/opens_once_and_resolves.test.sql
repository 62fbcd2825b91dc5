begin;
\ir ../fixtures.psql
select plan(5);

select pg_temp.is_internal('internal.apply_divergence_check');
select pg_temp.use_symbol();
create function pg_temp.check_opens(p_divergence double precision) returns jsonb language sql as $$
  select internal.apply_divergence_check(null, jsonb_build_object('open', jsonb_build_array(jsonb_build_object('symbol', 'TEST', 'horizon', '1D',
    'ensemble', 'candidate', 'level', 'warning', 'threshold', 0.15, 'divergence', p_divergence, 'message', 'why')), 'resolve', '[]'::jsonb))
$$;
select pg_temp.check_opens(0.16);
select results_eq($$ select level, divergence, opened_at, resolved_at from public.divergence_alerts where symbol = 'TEST' $$,
  $$ values ('warning', 0.16::double precision, now(), null::timestamptz) $$, 'an alert is opened');
select pg_temp.check_opens(0.17);
select is(array_agg(divergence), array[0.16::double precision], 'an open one stays as it is') from public.divergence_alerts where symbol = 'TEST';
select internal.apply_divergence_check(null, jsonb_build_object('open', '[]'::jsonb, 'resolve', jsonb_build_array(
  jsonb_build_object('id', id, 'resolution', 'fell to 0.1')))) from public.divergence_alerts where symbol = 'TEST';
select results_eq($$ select resolved_at, resolution from public.divergence_alerts where symbol = 'TEST' $$,
  $$ values (now(), 'fell to 0.1') $$, 'it is resolved with the reason');
select pg_temp.check_opens(0.18);
select is(count(*)::integer, 2, 'and may open again') from public.divergence_alerts where symbol = 'TEST';

select * from finish();
rollback;
