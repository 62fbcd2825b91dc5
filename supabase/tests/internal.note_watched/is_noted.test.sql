begin;
\ir ../fixtures.psql
select plan(2);

select pg_temp.is_internal('internal.note_watched');
select pg_temp.use_rollout();
select internal.note_watched(r.id, '2026-11-20 12:00Z') from public.rollouts r;
select is(r.watched_until, '2026-11-20 12:00Z'::timestamptz, 'up to when') from public.rollouts r;

select * from finish();
rollback;
