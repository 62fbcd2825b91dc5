-- A stand-in for pg_cron 1.6 with the privileges hosted Supabase gives: same schema, tables and functions. The real
-- extension runs jobs from a background worker written in C; here src/local/cron-runner.ts does, five-field schedules only.
\echo Use "create extension pg_cron" to load this file. \quit

create schema cron;
create sequence cron.jobid_seq;
create sequence cron.runid_seq;

create table cron.job (
  jobid bigint primary key default nextval('cron.jobid_seq'),
  schedule text not null,
  command text not null,
  nodename text not null default 'localhost',
  nodeport int not null default coalesce(inet_server_port(), 5432),
  database text not null default current_database(),
  username text not null default current_user,
  active boolean not null default true,
  jobname text,
  constraint jobname_username_uniq unique (jobname, username)
);
alter table cron.job enable row level security;
create policy cron_job_policy on cron.job using (username = current_user);

create table cron.job_run_details (
  jobid bigint,
  runid bigint primary key default nextval('cron.runid_seq'),
  job_pid integer,
  database text,
  username text,
  command text,
  status text,
  return_message text,
  start_time timestamptz,
  end_time timestamptz
);
alter table cron.job_run_details enable row level security;
create policy cron_job_run_details_policy on cron.job_run_details using (username = current_user);

-- One field of a schedule: a list of *, n, a-b, each with an optional /step.
create function cron._field_is_valid(field text, lowest int, highest int, names text[]) returns boolean
  language plpgsql immutable strict
  set search_path = ''
as $$
declare
  part text;
  pieces text[];
  bounds text[];
  step text;
  i int;
begin
  for i in 1 .. coalesce(array_length(names, 1), 0) loop
    field := regexp_replace(field, '\m' || names[i] || '\M', (i - 1 + lowest)::text, 'gi');
  end loop;
  foreach part in array string_to_array(field, ',') loop
    pieces := regexp_match(part, '^(\*|\d{1,2}(?:-\d{1,2})?)(?:/(\d{1,2}))?$');
    if pieces is null then
      return false;
    end if;
    step := pieces[2];
    if step is not null and step::int not between 1 and highest then
      return false;
    end if;
    if pieces[1] <> '*' then
      bounds := string_to_array(pieces[1], '-');
      if bounds[1]::int not between lowest and highest then
        return false;
      end if;
      if bounds[2] is not null and bounds[2]::int not between bounds[1]::int and highest then
        return false;
      end if;
    end if;
  end loop;
  return true;
end
$$;

create function cron._check_schedule(schedule text) returns void
  language plpgsql immutable
  set search_path = ''
as $$
declare
  fields text[] := regexp_split_to_array(btrim(schedule), '\s+');
begin
  if schedule ~* '^\s*\d+\s+seconds?\s*$' then
    raise exception 'invalid schedule: %', schedule
      using errcode = '0A000', hint = 'The local stand-in for pg_cron takes five-field schedules only.';
  end if;
  if lower(btrim(schedule)) in ('@yearly', '@annually', '@monthly', '@weekly', '@daily', '@midnight', '@hourly') then
    return;
  end if;
  if array_length(fields, 1) is distinct from 5
    or not cron._field_is_valid(fields[1], 0, 59, '{}')
    or not cron._field_is_valid(fields[2], 0, 23, '{}')
    or not (fields[3] = '$' or cron._field_is_valid(fields[3], 1, 31, '{}'))
    or not cron._field_is_valid(fields[4], 1, 12, '{jan,feb,mar,apr,may,jun,jul,aug,sep,oct,nov,dec}')
    or not cron._field_is_valid(fields[5], 0, 7, '{sun,mon,tue,wed,thu,fri,sat}')
  then
    raise exception 'invalid schedule: %', schedule
      using errcode = '22023', hint = 'Use cron format (e.g. 5 4 * * *), or interval format ''[1-59] seconds''';
  end if;
end
$$;

-- The writers below run as the owner, because nobody else may write cron.job; the public functions run as the caller and
-- pass on who that is, as the C functions do.
create function cron._schedule(caller name, job_name text, schedule text, command text) returns bigint
  language plpgsql security definer
  set search_path = ''
as $$
declare
  id bigint;
begin
  if not pg_has_role(session_user, caller, 'member') then
    raise exception 'permission denied to schedule a job as %', caller using errcode = '42501';
  end if;
  perform cron._check_schedule(schedule);
  insert into cron.job (schedule, command, username, jobname)
  values (schedule, command, caller, job_name)
  on conflict on constraint jobname_username_uniq
    do update set schedule = excluded.schedule, command = excluded.command
  returning jobid into id;
  return id;
end
$$;

create function cron._unschedule(caller name, job_id bigint) returns boolean
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if not pg_has_role(session_user, caller, 'member') then
    raise exception 'permission denied for job %', job_id using errcode = '42501';
  end if;
  delete from cron.job where jobid = job_id and username = caller;
  if not found then
    raise exception 'could not find valid entry for job %', job_id using errcode = 'XX000';
  end if;
  return true;
end
$$;

create function cron._alter_job(
  caller name, job_id bigint, new_schedule text, new_command text, new_database text, new_username text, new_active boolean
) returns void
  language plpgsql security definer
  set search_path = ''
as $$
begin
  if not pg_has_role(session_user, caller, 'member') then
    raise exception 'permission denied for job %', job_id using errcode = '42501';
  end if;
  if new_username is not null and new_username <> caller then
    raise exception 'must be superuser to alter username' using errcode = '42501';
  end if;
  if new_schedule is not null then
    perform cron._check_schedule(new_schedule);
  end if;
  update cron.job set
    schedule = coalesce(new_schedule, job.schedule),
    command = coalesce(new_command, job.command),
    database = coalesce(new_database, job.database),
    active = coalesce(new_active, job.active)
  where jobid = job_id and username = caller;
  if not found then
    raise exception 'Job % does not exist or you don''t own it', job_id using errcode = 'XX000';
  end if;
end
$$;

create function cron.schedule(schedule text, command text) returns bigint
  language sql volatile strict set search_path = ''
as $$ select cron._schedule(current_user, null, schedule, command) $$;
comment on function cron.schedule(text, text) is 'schedule a pg_cron job';

create function cron.schedule(job_name text, schedule text, command text) returns bigint
  language sql volatile strict set search_path = ''
as $$ select cron._schedule(current_user, job_name, schedule, command) $$;
comment on function cron.schedule(text, text, text) is 'schedule a pg_cron job';

create function cron.unschedule(job_id bigint) returns boolean
  language sql volatile strict set search_path = ''
as $$ select cron._unschedule(current_user, job_id) $$;
comment on function cron.unschedule(bigint) is 'unschedule a pg_cron job';

create function cron.unschedule(job_name text) returns boolean
  language plpgsql volatile strict set search_path = ''
as $$
declare
  id bigint;
begin
  select jobid into id from cron.job where jobname = job_name and username = current_user;
  if id is null then
    raise exception 'could not find valid entry for job ''%''', job_name using errcode = 'XX000';
  end if;
  return cron._unschedule(current_user, id);
end
$$;
comment on function cron.unschedule(text) is 'unschedule a pg_cron job';

create function cron.alter_job(
  job_id bigint,
  schedule text default null,
  command text default null,
  database text default null,
  username text default null,
  active boolean default null
) returns void
  language sql volatile set search_path = ''
as $$ select cron._alter_job(current_user, job_id, schedule, command, database, username, active) $$;
comment on function cron.alter_job(bigint, text, text, text, text, boolean)
  is 'Alter the job identified by job_id. Any option left as NULL will not be modified.';

grant select on cron.job to public;
grant select on cron.job_run_details to public;
grant usage on schema cron to postgres with grant option;
grant all on all functions in schema cron to postgres with grant option;
grant all on all sequences in schema cron to postgres with grant option;
grant all on cron.job_run_details to postgres with grant option;
grant select on cron.job to postgres with grant option;
