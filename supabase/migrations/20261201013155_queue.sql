-- Tables and what is gone, by hand.
drop trigger jobs_note_claim on public.jobs;
drop function internal.note_claim();
-- The new ones take one argument more.
drop function public.claim_job(text[], text);
drop function internal.request_workers(integer);

alter table public.jobs add column worker_request_id bigint;
comment on column public.jobs.worker_request_id is
  'The row of worker_requests whose worker claimed it last; null when it was claimed by hand, or never. The row may be gone.';
comment on column public.jobs.run_after is 'Not claimed before, UTC: backoff. Of one priority the earliest is claimed first; a step does not change it.';
-- What is claimed next of a kind, and whether anything of a kind is due: one look each, however many jobs wait.
create index jobs_by_turn on public.jobs (kind, priority, run_after, id) where status = 'queued' and attempts < max_attempts;
create index jobs_due on public.jobs (kind, run_after) where status = 'queued' and attempts < max_attempts;
create index jobs_running on public.jobs (lease_until) where status = 'running';

alter table public.worker_requests add column alive_until timestamptz, add column ended_at timestamptz;
comment on column public.worker_requests.net_request_id is 'pg_net''s id; null when nothing was sent: response_error says why.';
comment on column public.worker_requests.claimed_at is 'When its worker claimed its first job, UTC; null when it did not come, or found nothing left to do.';
comment on column public.worker_requests.response_status is 'HTTP status of the answer that the function relay gave, as far as reconcile came to see it.';
comment on column public.worker_requests.response_error is
  'Why there was no answer, or why the worker ended in the middle of a step: the words of pg_net, the platform or the database.';
comment on column public.worker_requests.alive_until is
  'Until when its worker is believed to be there, UTC: 20 seconds from the request, then as long as the lease of the job it claimed.';
comment on column public.worker_requests.ended_at is 'When its worker said that it had ended or was given up, UTC; null while it is under way.';
-- What was asked for before is not counted as under way: its jobs are, as long as they are leased.
update public.worker_requests set ended_at = requested_at;
create index worker_requests_open on public.worker_requests (id) where ended_at is null;

-- Made from supabase/schemas by npm run build:migrations.

-- A function may name what is made after it.
set check_function_bodies = off;

-- configuration/triggers/check_setting.sql
-- A setting of the wrong kind would stop planning and workers alike: it is refused where it is written.
create or replace function internal.check_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_number double precision := case when jsonb_typeof(new.value) = 'number' then (new.value #>> '{}')::double precision end;
  v_horizon record;
  v_good boolean;
begin
  case new.name
    when 'publishing_enabled' then
      v_good := jsonb_typeof(new.value) = 'boolean';
    when 'validation_windows', 'lease_seconds' then
      v_good := v_number = floor(v_number) and v_number between 1 and 10000;
    when 'max_workers', 'max_workers_cap', 'artifact_max_age_bars' then
      v_good := v_number = floor(v_number) and v_number between 0 and 10000;
    when 'validation_interval_days' then
      v_good := v_number > 0 and v_number <= 10000;
    when 'window_sizes' then
      v_good := jsonb_typeof(new.value) = 'object';
      if v_good then
        for v_horizon in select h.key, h.value from jsonb_each(new.value) h loop
          v_good := v_good and v_horizon.key in ('1D', '4h', '8h') and jsonb_typeof(v_horizon.value) = 'object'
            and coalesce((
              select bool_and(jsonb_typeof(p.value) = 'number' and p.value #>> '{}' ~ '^[0-9]{1,5}$'
                  and (p.value #>> '{}')::integer >= case when p.key = 'step' then 1 else 20 end)
                and array_agg(p.key order by p.key) = array['step', 'test', 'train', 'validation']
              from jsonb_each(v_horizon.value) p), false);
        end loop;
      end if;
    when 'divergence_levels' then
      v_good := jsonb_typeof(new.value) = 'object'
        and coalesce((
          select bool_and(jsonb_typeof(l.value) = 'number')
            and array_agg(l.key order by l.key) = array['critical', 'overfitting', 'warning']
          from jsonb_each(case when jsonb_typeof(new.value) = 'object' then new.value end) l), false);
      if v_good then
        v_good := 0 < (new.value ->> 'warning')::double precision
          and (new.value ->> 'warning')::double precision < (new.value ->> 'overfitting')::double precision
          and (new.value ->> 'overfitting')::double precision < (new.value ->> 'critical')::double precision
          and (new.value ->> 'critical')::double precision < 1;
      end if;
    else
      v_good := true;
  end case;
  if v_good is not true then
    perform internal.refuse_setting(new);
  end if;
  return new;
end
$$;
comment on function internal.check_setting() is 'Trigger: refuses a setting''s value that its readers could not use (invalid_setting).';
revoke execute on function internal.check_setting() from public;

create or replace trigger settings_check before insert or update on public.settings
for each row execute function internal.check_setting();

-- queue/functions/complete_job.sql
create or replace function public.complete_job(p_job_id bigint, p_lease_token uuid, p_result jsonb) returns void
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_stores_result text;
  v_result jsonb;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  select k.stores_result into strict v_stores_result from public.job_kinds k where k.kind = v_job.kind;
  execute format('select internal.%I($1, $2)', v_stores_result) into v_result using v_job, p_result;
  if v_result is not null then
    update public.jobs set result = v_result where id = v_job.id;
  end if;
  perform internal.end_job(v_job, 'succeeded', null, null);
  perform internal.request_workers(1, false);
end
$$;
comment on function public.complete_job(bigint, uuid, jsonb) is
  'Stores a job''s result, with the function that job_kinds names, and ends it, in one transaction: exactly once, or lease_lost.';
revoke execute on function public.complete_job(bigint, uuid, jsonb) from public, anon, authenticated;
grant execute on function public.complete_job(bigint, uuid, jsonb) to service_role;

-- queue/functions/dispatch_workers.sql
create or replace function public.dispatch_workers() returns integer
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.mend_clock_jumps();
  return internal.request_workers(internal.worker_places());
end
$$;
comment on function public.dispatch_workers() is
  'Asks for workers if claimable jobs wait; returns how many requests were made. Mends what a clock that was set back has left.';
revoke execute on function public.dispatch_workers() from public, anon, authenticated;
grant execute on function public.dispatch_workers() to service_role;

-- queue/functions/end_worker.sql
create or replace function public.end_worker(p_request bigint, p_reason text default null) returns integer
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
  v_given_back integer := 0;
  v_answered boolean;
begin
  update public.worker_requests
  set ended_at = coalesce(ended_at, now()), response_error = coalesce(response_error, left(p_reason, 300))
  where id = p_request
  returning claimed_at is not null or p_reason is null into v_answered;
  if v_answered is null then
    perform internal.refuse(404, 'unknown_request', format('There is no request %s for a worker', p_request));
  end if;

  if p_reason is not null then
    for v_job in
      select j.* from public.jobs j where j.worker_request_id = p_request and j.status = 'running' order by j.id for update
    loop
      if v_job.attempts >= v_job.max_attempts then
        perform internal.end_job(v_job, 'dead', 'worker_ended', format(
          'Its worker ended in the middle of a step, in %s attempts; the last one: %s', v_job.attempts, p_reason));
      else
        update public.jobs
        set status = 'queued', lease_token = null, lease_until = null, error_code = 'worker_ended',
          error_message = format('Its worker ended in the middle of a step: %s', p_reason)
        where id = v_job.id;
      end if;
      v_given_back := v_given_back + 1;
    end loop;
  end if;
  -- One that failed before it claimed anything would fail again at once: the next tick asks for it.
  if v_answered then
    perform internal.request_workers(1);
  end if;
  return v_given_back;
end
$$;
comment on function public.end_worker(bigint, text) is
  'Says that a worker asked for by the database is no longer at work; with a reason (p_reason) that it ended in the middle of a step: then its '
  'lease is given back at once. Asks for a successor if jobs wait. Returns the jobs given back; raises unknown_request.';
revoke execute on function public.end_worker(bigint, text) from public, anon, authenticated;
grant execute on function public.end_worker(bigint, text) to service_role;

-- queue/functions/fail_job.sql
create or replace function public.fail_job(
  p_job_id bigint, p_lease_token uuid, p_code text, p_message text, p_retry boolean
) returns text
language plpgsql security definer set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  v_job := internal.held_job(p_job_id, p_lease_token);
  if p_retry and v_job.attempts < v_job.max_attempts then
    update public.jobs
    set status = 'queued', lease_token = null, lease_until = null, error_code = p_code, error_message = p_message,
      run_after = now() + internal.retry_delay(v_job.id, v_job.attempts)
    where id = p_job_id;
    perform internal.request_workers(1, false);
    return 'queued';
  end if;
  perform internal.end_job(v_job, 'dead', p_code, p_message);
  perform internal.request_workers(1, false);
  return 'dead';
end
$$;
comment on function public.fail_job(bigint, uuid, text, text, boolean) is
  'Reports a failure: back to the queue after 5, 10, 20, ... s and up to a quarter more, or dead when retrying is pointless or the '
  'attempts are used up.';
revoke execute on function public.fail_job(bigint, uuid, text, text, boolean) from public, anon, authenticated;
grant execute on function public.fail_job(bigint, uuid, text, text, boolean) to service_role;

-- queue/functions/held_job.sql
create or replace function internal.held_job(p_job_id bigint, p_lease_token uuid) returns public.jobs
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
begin
  -- Only a running job has a lease.
  select j.* into v_job from public.jobs j where j.id = p_job_id and j.lease_token = p_lease_token for update;
  if v_job.id is null then
    perform internal.refuse(409, 'lease_lost', format('Job %s is not held with this lease: nothing was stored', p_job_id));
  end if;
  return v_job;
end
$$;
comment on function internal.held_job(bigint, uuid) is 'The job, locked, if the lease is still the caller''s; else lease_lost.';
revoke execute on function internal.held_job(bigint, uuid) from public;

-- queue/functions/mend_clock_jumps.sql
create or replace function internal.mend_clock_jumps() returns integer
language plpgsql set search_path = ''
as $$
declare
  v_leases integer;
  v_waits integer;
begin
  -- No lease given out now would end so late: whoever holds it keeps it until somebody claims the job.
  update public.jobs j set lease_until = now() - interval '1 second'
  where j.id in (
    select c.id from public.jobs c
    where c.status = 'running'
      and c.lease_until > now() + interval '10 minutes'
        + make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
    order by c.id
    for update skip locked);
  get diagnostics v_leases = row_count;

  -- Nor does any failure make a job wait so long.
  update public.jobs j set run_after = now()
  where j.id in (
    select c.id from public.job_kinds k
    cross join lateral (
      select x.id from public.jobs x
      where x.kind = k.kind and x.status = 'queued' and x.attempts < x.max_attempts and x.run_after > now() + interval '1 hour'
      order by x.id
      for update skip locked) c);
  get diagnostics v_waits = row_count;
  return v_leases + v_waits;
end
$$;
comment on function internal.mend_clock_jumps() is
  'Makes jobs claimable whose lease or wait ends later than any given out by the present clock would: the clock was set back. Returns how many.';
revoke execute on function internal.mend_clock_jumps() from public;

-- queue/functions/reconcile_jobs.sql
create or replace function internal.reconcile_jobs() returns jsonb
language plpgsql set search_path = ''
as $$
declare
  v_job public.jobs;
  v_dead integer := 0;
  v_revived integer;
begin
  for v_job in
    select j.* from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts >= j.max_attempts
    order by j.id
    for update skip locked
  loop
    perform internal.end_job(v_job, 'dead', 'lease_expired', format(
      'No worker finished a step of %s within its lease in %s attempts', v_job.kind, v_job.attempts));
    v_dead := v_dead + 1;
  end loop;

  -- A worker may take over an expired lease itself; what nobody took over for another lease's length is put back.
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, error_code = 'lease_expired',
    error_message = 'Its worker did not report within the lease'
  where id in (
    select j.id from public.jobs j
    where j.status = 'running' and j.attempts < j.max_attempts
      and j.lease_until < now() - make_interval(secs => (internal.setting('lease_seconds') #>> '{}')::double precision)
    order by j.id
    for update skip locked);
  get diagnostics v_revived = row_count;

  -- What became of the requests, as long as pg_net remembers it. Its ids may start anew after a crash, hence the times.
  update public.worker_requests w
  set response_status = h.status_code, response_error = left(coalesce(h.error_msg, case when h.timed_out then 'timed out' end), 300)
  from net._http_response h
  where h.id = w.net_request_id and h.created between w.requested_at and w.requested_at + interval '10 minutes'
    and w.requested_at > now() - interval '6 hours' and w.response_status is null and w.response_error is null;

  -- What nothing was heard of is no longer looked at.
  update public.worker_requests w set ended_at = now()
  where w.ended_at is null
    and (w.alive_until is null or w.alive_until < now() - interval '10 minutes' or w.requested_at > now() + interval '1 minute');

  return jsonb_build_object('dead', v_dead, 'revived', v_revived);
end
$$;
comment on function internal.reconcile_jobs() is
  'Ends jobs whose every attempt ran out of its lease (dead), puts stalled ones back into the queue (revived), notes what pg_net says '
  'of the requests, and gives up those that nothing was heard of.';
revoke execute on function internal.reconcile_jobs() from public;

-- queue/functions/request_function.sql
create or replace function internal.request_function(p_function text) returns boolean
language plpgsql set search_path = ''
as $$
declare
  v_url text;
  v_key text;
  v_request_id bigint;
  v_reason text;
begin
  insert into public.worker_requests (function_name, alive_until) values (p_function, now() + interval '20 seconds')
  returning id into v_request_id;
  begin
    select s.decrypted_secret into v_url from vault.decrypted_secrets s where s.name = 'project_url';
    select s.decrypted_secret into v_key from vault.decrypted_secrets s where s.name = 'cron_secret_key';
    if v_url is null or v_key is null then
      v_reason := 'project_url or cron_secret_key is missing in Vault';
    else
      update public.worker_requests
      set net_request_id = net.http_post(
        url := v_url || '/functions/v1/relay',
        body := jsonb_build_object('function', p_function, 'request', v_request_id),
        headers := jsonb_build_object('apikey', v_key, 'content-type', 'application/json'),
        timeout_milliseconds := 10000)
      where id = v_request_id;
    end if;
  exception when others then
    -- No Vault, no pg_net, an address that pg_net does not take.
    v_reason := sqlerrm;
  end;
  if v_reason is null then
    return true;
  end if;
  -- Not an error: the caller's own effect must stand, and the next tick tries again.
  raise warning 'no request to %: %', p_function, v_reason;
  update public.worker_requests set ended_at = now(), alive_until = null, response_error = left('not sent: ' || v_reason, 300)
  where id = v_request_id;
  return false;
end
$$;
comment on function internal.request_function(text) is
  'Asks for a worker after commit: the function relay, with the secret key named cron, calls the Edge Function as long as jobs wait for it. '
  'Records the request. Never raises: false when it could not be made, with the reason in worker_requests.';
revoke execute on function internal.request_function(text) from public;

-- queue/functions/request_workers.sql
create or replace function internal.request_workers(p_at_most integer, p_wait boolean default true) returns integer
language plpgsql set search_path = ''
as $$
declare
  v_lock bigint := hashtext('plumbline.request_workers');
  v_places integer := internal.worker_places();
  v_free integer;
  v_demand record;
  v_waiting integer;
  v_asked integer := 0;
begin
  if to_regclass('net.http_request_queue') is null then
    -- It says why, in a row; a step would say so too often.
    return case when p_wait and internal.request_function('relay') then 1 else 0 end;
  end if;
  if p_wait then
    perform pg_advisory_xact_lock(v_lock);
  elsif v_places <= (select coalesce(sum(u.workers), 0) from internal.workers_under_way() u)
    or not pg_try_advisory_xact_lock(v_lock) then
    return 0;
  end if;
  select v_places - coalesce(sum(u.workers), 0) into v_free from internal.workers_under_way() u;
  v_free := least(v_free, p_at_most);
  if v_free <= 0 then
    return 0;
  end if;

  for v_demand in
    select d.*, coalesce(u.workers, 0) as workers, coalesce(u.without_job, 0) as without_job
    from (
      select k.worker as function_name, bool_or(k.one_at_a_time) as one_at_a_time, array_agg(k.kind) as kinds
      from public.job_kinds k group by k.worker
    ) d
    left join internal.workers_under_way() u on u.function_name = d.function_name
    -- New bars (one at a time) first: what the others compute is about them. A function that was asked for in vain just now stands behind
    -- the others: one that is broken would take every place, minute after minute.
    order by exists (
        select from public.worker_requests w
        where w.function_name = d.function_name and w.claimed_at is null and w.net_request_id is not null
          and w.requested_at between now() - interval '2 minutes' and now() + interval '1 minute'
          and (w.ended_at is not null or w.alive_until < now() or exists (
            select from net._http_response h
            where h.id = w.net_request_id and h.created >= w.requested_at and (h.status_code is null or h.status_code >= 300)))),
      not d.one_at_a_time, d.function_name
  loop
    continue when v_demand.one_at_a_time and v_demand.workers > 0;
    -- No further than it is of use: who is on the way takes a job, and the rest is for the places that are free.
    select count(*) into v_waiting
    from (
      select from public.jobs j
      where j.kind = any (v_demand.kinds) and j.attempts < j.max_attempts
        and (j.status = 'queued' and j.run_after <= now())
      limit v_demand.without_job + v_free - v_asked
    ) q;
    select v_waiting + count(*) into v_waiting
    from public.jobs j
    where j.status = 'running' and j.lease_until < now() and j.attempts < j.max_attempts and j.kind = any (v_demand.kinds);
    v_waiting := case when v_demand.one_at_a_time then least(v_waiting, 1) else v_waiting - v_demand.without_job end;

    for i in 1 .. least(v_waiting, v_free - v_asked) loop
      if not internal.request_function(v_demand.function_name) then
        return v_asked;
      end if;
      v_asked := v_asked + 1;
    end loop;
    exit when v_asked >= v_free;
  end loop;
  return v_asked;
end
$$;
comment on function internal.request_workers(integer, boolean) is
  'Asks for workers, one request each: no more than there are claimable jobs that none on its way will take, than p_at_most, and than places '
  '(worker_places) that are free. Returns how many. Kinds of jobs that are worked on one at a time come first; a function that nobody '
  'answered for in the last two minutes comes last. Who adds work or gives up a place waits its turn (p_wait), so that of two who do at once '
  'the second sees what the first did; a worker that goes on itself steps aside.';
revoke execute on function internal.request_workers(integer, boolean) from public;

-- queue/functions/save_step.sql
create or replace function public.save_step(p_job_id bigint, p_lease_token uuid, p_checkpoint jsonb, p_progress double precision)
returns void
language plpgsql security definer set search_path = ''
as $$
begin
  perform internal.held_job(p_job_id, p_lease_token);
  insert into public.job_checkpoints (job_id, checkpoint) values (p_job_id, p_checkpoint)
  on conflict (job_id) do update set checkpoint = excluded.checkpoint, saved_at = now();
  -- Progress was made: what failed before it no longer counts against the job.
  update public.jobs
  set status = 'queued', lease_token = null, lease_until = null, attempts = 0, steps = steps + 1,
    progress = greatest(progress, p_progress), error_code = null, error_message = null
  where id = p_job_id;
  perform internal.request_workers(1, false);
end
$$;
comment on function public.save_step(bigint, uuid, jsonb, double precision) is
  'Stores a checkpoint, gives the job back to the queue, in its old place, and asks for a successor, in one transaction; lease_lost otherwise.';
revoke execute on function public.save_step(bigint, uuid, jsonb, double precision) from public, anon, authenticated;
grant execute on function public.save_step(bigint, uuid, jsonb, double precision) to service_role;

-- queue/functions/worker_places.sql
create or replace function internal.worker_places() returns integer
language plpgsql stable set search_path = ''
as $$
declare
  v_usual integer := (internal.setting('max_workers') #>> '{}')::integer;
  v_cap integer := (internal.setting('max_workers_cap') #>> '{}')::integer;
  v_since timestamptz;
begin
  if v_usual = 0 or v_cap <= v_usual then
    return v_usual;
  end if;
  -- Windows may wait for hours; forecasts have a deadline.
  select min(j.run_after) into v_since
  from public.jobs j
  where j.kind = 'forecast' and j.status = 'queued' and j.attempts < j.max_attempts and j.run_after <= now();
  return least(v_cap, v_usual + floor(extract(epoch from coalesce(now() - v_since, '0')) / 300)::integer);
end
$$;
comment on function internal.worker_places() is
  'How many workers may be under way: max_workers, and one more for each five minutes that the oldest claimable forecast has waited, up to '
  'max_workers_cap. 0 stops all work.';
revoke execute on function internal.worker_places() from public;

-- queue/functions/workers_under_way.sql
create or replace function internal.workers_under_way() returns table (function_name text, workers integer, without_job integer)
language plpgsql stable set search_path = ''
as $$
#variable_conflict use_column
begin
  -- Not in SQL alone: a plan is kept for it, since every step asks.
  return query
  with open as materialized (
    select w.id, w.function_name
    from public.worker_requests w
    where w.ended_at is null
      -- What lies in the future was asked for before the clock was set back.
      and w.requested_at <= now() + interval '1 minute'
      and (
        -- Expected to show itself until then: to claim its first job, to finish a step, to claim the next.
        w.alive_until >= now()
          and (w.claimed_at is not null or not exists (
            select from net._http_response h
            where h.id = w.net_request_id and h.created >= w.requested_at and (h.status_code is null or h.status_code >= 300)))
        -- pg_net sends one batch at a time and waits for the slowest of it: what it has not answered yet is on its way.
        or w.claimed_at is null and w.requested_at > now() - interval '10 minutes'
          and exists (select from net.http_request_queue q where q.id = w.net_request_id))
  ), leased as materialized (
    select k.worker as function_name, j.worker_request_id
    from public.jobs j
    join public.job_kinds k on k.kind = j.kind
    where j.status = 'running' and j.lease_until >= now()
  )
  select u.function_name, count(*)::integer, (count(*) filter (where u.without_job))::integer
  from (
    select o.function_name, not exists (select from leased l where l.worker_request_id = o.id) as without_job from open o
    union all
    select l.function_name, false from leased l where not exists (select from open o where o.id = l.worker_request_id)
  ) u
  group by u.function_name;
end
$$;
comment on function internal.workers_under_way() is
  'The workers that are at work or on their way, by Edge Function, and how many of them hold no job at the moment: those will claim one. '
  'A job that was claimed without a request counts as a worker too.';
revoke execute on function internal.workers_under_way() from public;

-- configuration/rows/settings.sql
insert into public.settings (name, value, description) values
  ('publishing_enabled', 'true', 'Kill switch: false hides every forecast from current_forecasts and plans no new ones. Boolean.'),
  ('window_sizes',
   '{"1D": {"train": 1000, "validation": 250, "test": 250, "step": 250},
     "4h": {"train": 500, "validation": 125, "test": 125, "step": 125},
     "8h": {"train": 375, "validation": 125, "test": 125, "step": 125}}',
   'Walk-forward window sizes by horizon: train, validation, test (20 bars or more) and step.'),
  ('divergence_levels', '{"warning": 0.15, "overfitting": 0.2, "critical": 0.3}',
   'Divergence above which a level begins: an alert opens at each, overfitting is a window''s verdict, and from warning on calibrated '
   'weights go back to the preset. {warning, overfitting, critical}: fractions, ascending.'),
  ('validation_windows', '4', 'How many of the latest windows a scheduled validation covers. Positive integer.'),
  ('validation_interval_days', '7', 'Days after which a symbol''s windows are validated again if there are new bars. Positive number.'),
  ('max_workers', '2', 'Workers under way at once, usually; 0 stops all work. Integer, 0 or more.'),
  ('max_workers_cap', '8',
   'Workers under way at once at most: one more than max_workers for each five minutes that a forecast waits to be claimed. At most max_workers: '
   'never more than those. Integer, 0 or more.'),
  ('lease_seconds', '60', 'How long a worker may hold a job between two reports, in seconds. Positive integer.'),
  ('artifact_max_age_bars', '21', 'A forecast asked for by hand may use fitted members at most this many bars old. Integer, 0 or more.'),
  ('direction_thresholds', '{"bullish": 0.55, "bearish": 0.45}',
   'Probability of a positive return from which on a forecast is bullish (0.5 or more, below 1), and up to which it is bearish '
   '(above 0, 0.5 or less, below bullish); between them it is neutral. {bullish, bearish}.'),
  ('on_member_failure', '"fail"',
   'What becomes of an ensemble when a member of it fails: fail ends the run, drop goes on with the other members, and the rows say '
   'so. A run keeps what was set when it was planned. "fail" or "drop".'),
  ('market_data', '{"provider": "csv"}',
   'Where scheduled ingestion takes bars from: {"provider": "csv"} (nowhere: bars are uploaded), {"provider": "alpaca", "feed": "iex" or '
   '"sip", "adjustment": "raw", "split", "dividend" or "all"}, {"provider": "tiingo", "adjustment": "raw" or "all"}. With first_date '
   '(YYYY-MM-DD) a symbol''s history begins there, else ten years before its first ingestion. The keys are secrets of the functions.'),
  ('largest_move', '{"default": 3}',
   'The largest factor by which a price is believed to move from one close to the next, or inside a bar: a bar beyond it is not taken '
   'from a provider and not fitted to. {"default": factor, "SYMBOL": factor, ...}, each above 1.'),
  ('slot_attempts', '3', 'How often a slot that failed is tried in all. Positive integer.'),
  ('forecast_deadline_minutes', '105',
   'Minutes after a session''s close by which its forecasts are expected to be there. Integer, 0 or more.'),
  ('retention_days',
   '{"cron_history": 14, "cron_ticks": 7, "worker_requests": 7, "checkpoints": 30, "slot_runs": 400, "canary_reports": 400, "runs": 400}',
   'Days after which purge deletes, by what: ended runs with their jobs, cron''s own history, and so on. Positive integers, all seven; slot_runs '
   'at least 9, for reconcile looks back seven days.'),
  ('rollout_stages',
   '{"canary": {"days": 7, "horizons": ["1D"]}, "limited": {"days": 7, "horizons": ["1D", "4h", "8h"]},
     "full": {"days": 7, "horizons": ["1D", "4h", "8h"]}}',
   'The stages of a rollout: the days that each lasts at least (0 to 1000), and the horizons that the candidate is forecast on. '
   'Which symbol joins at which stage is in symbols.stage. {canary, limited, full: {days, horizons}}.'),
  ('rollout_criteria',
   '{"mean_divergence": 0.15, "largest_divergence": 0.25, "margin": 0.05, "rollback_margin": 0.1, "confidence": 0.95,
     "minimum_sessions": 5, "health_ratio": 1.5, "critical_alerts_per_hour": 5}',
   'What a stage is judged by. mean_divergence: the candidate''s mean divergence must stay below it. largest_divergence: one window above '
   'it rolls back. margin: how much worse than the baseline''s its RMSE and CRPS may be (0.05 is 5 %). rollback_margin: how much worse, '
   'beyond doubt, rolls back. confidence: of every interval and sequential test, 0.5 to 0.999. minimum_sessions: sessions without which no '
   'stage passes. health_ratio: how many times what deploy captured the p95 of queries may be. critical_alerts_per_hour: more of them roll '
   'back. All eight, fractions unless said otherwise.'),
  ('rollout_roles', '[]', 'Roles whose approval a promotion needs, for instance ["ML", "QA", "DevOps", "Product"]. Array of names.'),
  ('automatic_rollback', 'true', 'Whether a trigger rolls back by itself; false: it is recorded as an event only. Boolean.')
-- What an operator set stays.
on conflict (name) do update set description = excluded.description;
