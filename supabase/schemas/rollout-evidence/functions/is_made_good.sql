create or replace function internal.is_made_good(p_job public.jobs) returns boolean
language sql stable set search_path = ''
as $$
  select p_job.kind = 'ingest' and exists (
    select from public.jobs j
    where j.kind = 'ingest' and j.status = 'succeeded' and j.finished_at >= p_job.finished_at
      and (j.payload ->> 'symbol', j.payload ->> 'timeframe') = (p_job.payload ->> 'symbol', p_job.payload ->> 'timeframe'))
$$;
comment on function internal.is_made_good(public.jobs) is
  'Whether what a dead job was to do was done by a later one: an ingest job, by one that has fetched the same series since. The sessions '
  'that it cost are missing bars, which hold the stage by themselves.';
revoke execute on function internal.is_made_good(public.jobs) from public;
