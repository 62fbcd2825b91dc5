create or replace function internal.error_sightings(p_since timestamptz, p_until timestamptz)
returns table (kind text, source text, code text, seen_at timestamptz)
language sql stable set search_path = ''
as $$
  select 'error', e.source, e.code, e.occurred_at
  from public.errors e where e.occurred_at > p_since and e.occurred_at <= p_until
  union all
  select 'dead_job', j.kind, coalesce(j.error_code, 'unknown'), j.finished_at
  from public.jobs j
  join public.runs r on r.id = j.run_id
  where j.status = 'dead' and j.finished_at > p_since and j.finished_at <= p_until
    and internal.failure_consequence(internal.failure_class('dead_job', j.kind, j.error_code,
      jsonb_build_object('requested_via', r.requested_via))) <> 'none'
  union all
  select 'missed_slot', r.slot, r.status, r.finished_at
  from public.slot_runs r
  -- By its time, which has an index: it is noticed within days.
  where r.status = 'missed' and r.due_at > p_since - interval '7 days' and r.finished_at > p_since and r.finished_at <= p_until
$$;
comment on function internal.error_sightings(timestamptz, timestamptz) is
  'Everything that went wrong unhandled after the first and until the second time: kind, source, code and when. Not what only a request asked for.';
revoke execute on function internal.error_sightings(timestamptz, timestamptz) from public;
