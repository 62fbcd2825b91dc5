create or replace function internal.rollout_dead_jobs(p_rollout_id bigint, p_since timestamptz) returns table (
  id bigint, kind text, symbol text, horizon text, ensemble text, code text, message text, finished_at timestamptz, made_good boolean,
  class text)
language sql stable set search_path = ''
as $$
  select j.id, j.kind, j.payload ->> 'symbol', coalesce(j.payload ->> 'horizon', j.payload ->> 'timeframe'), j.payload ->> 'ensemble',
    j.error_code, j.error_message, j.finished_at, internal.is_made_good(j),
    internal.failure_class('dead_job', j.kind, j.error_code,
      jsonb_build_object('ensemble', j.payload ->> 'ensemble', 'requested_via', r.requested_via))
  from public.jobs j
  join public.runs r on r.id = j.run_id
  where j.status = 'dead' and j.finished_at >= p_since and internal.is_of_rollout(p_rollout_id, j.payload ->> 'symbol')
$$;
comment on function internal.rollout_dead_jobs(bigint, timestamptz) is
  'Jobs that ended dead since, about symbols that a rollout has reached or about none; made_good: a later one did their work; class: whose '
  'fault it is (failure_class).';
revoke execute on function internal.rollout_dead_jobs(bigint, timestamptz) from public;
