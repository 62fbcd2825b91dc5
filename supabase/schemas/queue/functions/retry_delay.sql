create or replace function internal.retry_delay(p_job_id bigint, p_attempts integer) returns interval
language sql immutable set search_path = ''
as $$
  select make_interval(secs => least(600, 5 * power(2, least(p_attempts, 20) - 1))
    * (1 + 0.25 * (hashint8extended(p_job_id, p_attempts) & 1023) / 1024.0))
$$;
comment on function internal.retry_delay(bigint, integer) is
  'How long a job waits after its n-th failure in a row: 5, 10, 20, ... s, at most 600, and up to a quarter more by job and attempt, so that '
  'jobs that failed together do not come back together.';
revoke execute on function internal.retry_delay(bigint, integer) from public;
