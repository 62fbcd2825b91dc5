-- Rollouts: a candidate ensemble on its way from a few symbols to all, beside the baseline, and the record of every decision on it.

create function internal.check_rollout_setting() returns trigger
language plpgsql set search_path = ''
as $$
declare
  v_part record;
  v_number double precision;
  v_good boolean := true;
begin
  case new.name
    when 'automatic_rollback' then
      v_good := jsonb_typeof(new.value) = 'boolean';
    when 'rollout_stages' then
      v_good := jsonb_typeof(new.value) = 'object'
        and (select array_agg(s.stage order by s.stage) from jsonb_object_keys(new.value) s(stage)) = array['canary', 'full', 'limited'];
      if v_good then
        for v_part in select s.value from jsonb_each(new.value) s loop
          v_good := v_good and coalesce(
            jsonb_typeof(v_part.value) = 'object'
            and (select array_agg(k.name order by k.name) from jsonb_object_keys(v_part.value) k(name)) = array['days', 'horizons']
            and jsonb_typeof(v_part.value -> 'days') = 'number' and (v_part.value ->> 'days')::double precision between 0 and 1000
            and jsonb_typeof(v_part.value -> 'horizons') = 'array' and jsonb_array_length(v_part.value -> 'horizons') > 0
            and v_part.value -> 'horizons' <@ '["1D", "4h", "8h"]', false);
        end loop;
      end if;
    when 'rollout_roles' then
      v_good := jsonb_typeof(new.value) = 'array' and coalesce((
        select bool_and(jsonb_typeof(r.role) = 'string' and r.role #>> '{}' ~ '^[A-Za-z][A-Za-z0-9 _-]{0,31}$')
        from jsonb_array_elements(new.value) r(role)), true);
    when 'rollout_criteria' then
      v_good := jsonb_typeof(new.value) = 'object'
        and (select array_agg(k.name order by k.name) from jsonb_object_keys(new.value) k(name)) = array[
          'confidence', 'critical_alerts_per_hour', 'health_ratio', 'largest_divergence', 'margin', 'mean_divergence',
          'minimum_sessions', 'rollback_margin'];
      if v_good then
        for v_part in select k.key, k.value from jsonb_each(new.value) k loop
          v_number := case when jsonb_typeof(v_part.value) = 'number' then (v_part.value #>> '{}')::double precision end;
          v_good := v_good and coalesce(case v_part.key
            when 'confidence' then v_number between 0.5 and 0.999
            when 'critical_alerts_per_hour' then v_number = floor(v_number) and v_number between 0 and 1000
            when 'minimum_sessions' then v_number = floor(v_number) and v_number between 1 and 1000
            when 'health_ratio' then v_number between 1 and 100
            else v_number > 0 and v_number < 1
          end, false);
        end loop;
        v_good := v_good and (new.value ->> 'margin')::double precision < (new.value ->> 'rollback_margin')::double precision
          and (new.value ->> 'mean_divergence')::double precision < (new.value ->> 'largest_divergence')::double precision;
      end if;
    else
      null;
  end case;
  if v_good is not true then
    perform internal.refuse(400, 'invalid_setting', format('%s cannot be %s. %s', new.name, new.value, new.description));
  end if;
  return new;
end
$$;
comment on function internal.check_rollout_setting() is 'Trigger: refuses a value of a rollout''s setting that its readers could not use (invalid_setting).';
revoke execute on function internal.check_rollout_setting() from public;
create trigger settings_check_rollout before insert or update on public.settings
for each row execute function internal.check_rollout_setting();

insert into public.settings (name, value, description) values
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
  ('automatic_rollback', 'true', 'Whether a trigger rolls back by itself; false: it is recorded as an event only. Boolean.');

create table public.rollouts (
  id bigint generated always as identity primary key,
  status text not null default 'running',
  stage text not null default 'canary',
  candidate_hash text not null,
  baseline_hash text not null,
  code_version text not null,
  commit_hash text,
  tests jsonb,
  started_at timestamptz not null default now(),
  stage_started_at timestamptz not null default now(),
  stage_due_at timestamptz not null,
  health_captured jsonb not null default '{}',
  ended_at timestamptz,
  ended_because text,
  constraint rollouts_status_known check (status in ('running', 'completed', 'rolled_back')),
  constraint rollouts_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollouts_hashes_are_hex check (candidate_hash ~ '^[0-9a-f]{16,64}$' and baseline_hash ~ '^[0-9a-f]{16,64}$'),
  constraint rollouts_commit_is_hex check (commit_hash ~ '^[0-9a-f]{7,64}$'),
  constraint rollouts_tests_are_counts check (
    tests is null or coalesce(tests ->> 'passed' ~ '^[0-9]{1,9}$' and tests ->> 'failed' ~ '^[0-9]{1,9}$'
      and jsonb_typeof(tests -> 'passed') = 'number' and jsonb_typeof(tests -> 'failed') = 'number', false)
  ),
  -- What the judge could not read it would refuse at every evaluation.
  constraint rollouts_health_is_durations check (
    jsonb_typeof(health_captured) = 'object'
    and not jsonb_path_exists(health_captured, '$.* ? (!(@.p95_ms.type() == "number" && @.n.type() == "number"))')
  ),
  constraint rollouts_ended_exactly_when_not_running check ((status = 'running') = (ended_at is null)),
  constraint rollouts_ended_with_reason check ((ended_at is null) = (ended_because is null)),
  constraint rollouts_completed_in_full check (status <> 'completed' or stage = 'full'),
  constraint rollouts_stage_is_due_after_its_start check (stage_due_at >= stage_started_at)
);
comment on table public.rollouts is
  'Rollouts of a candidate ensemble. The latest one decides which ensemble serves: see vw_serving_ensembles.';
comment on column public.rollouts.id is 'Order of deploying.';
comment on column public.rollouts.status is 'running; completed: the candidate serves everything; rolled_back: the baseline does.';
comment on column public.rollouts.stage is 'canary, limited or full: which symbols and horizons the candidate has reached.';
comment on column public.rollouts.candidate_hash is 'config_hash of the candidate.';
comment on column public.rollouts.baseline_hash is 'config_hash of the baseline it is compared with.';
comment on column public.rollouts.code_version is 'Version of the code that deployed it.';
comment on column public.rollouts.commit_hash is 'Commit that was deployed, as far as preflight knew it.';
comment on column public.rollouts.tests is 'Result of that commit''s tests, from preflight: {passed, failed}; null: they were not run.';
comment on column public.rollouts.started_at is 'Deployed, UTC.';
comment on column public.rollouts.stage_started_at is 'Begin of the present stage, UTC: its criteria look at nothing before it, but for windows.';
comment on column public.rollouts.stage_due_at is 'Until when the stage lasts at least, UTC; extend_rollout moves it.';
comment on column public.rollouts.health_captured is 'Durations of the monitoring queries before anything was changed: {query: {p95_ms, n}}.';
comment on column public.rollouts.ended_at is 'Completed or rolled back, UTC.';
comment on column public.rollouts.ended_because is 'Why.';
create unique index rollouts_one_runs on public.rollouts (status) where status = 'running';

create table public.rollout_symbols (
  rollout_id bigint not null references public.rollouts (id),
  symbol_id bigint not null,
  symbol text not null,
  stage text not null,
  horizons text[] not null,
  ensemble text not null default 'candidate',
  joined_at timestamptz not null default now(),
  primary key (rollout_id, symbol_id),
  constraint rollout_symbols_symbol_is_the_ids foreign key (symbol_id, symbol) references public.symbols (id, symbol),
  constraint rollout_symbols_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_symbols_horizons_known check (horizons <@ array['1D', '4h', '8h'] and cardinality(horizons) > 0),
  constraint rollout_symbols_ensemble_known check (ensemble in ('candidate', 'baseline'))
);
comment on table public.rollout_symbols is 'The symbols that a rollout has reached: one row each; every other symbol is served by the baseline.';
comment on column public.rollout_symbols.rollout_id is 'The rollout.';
comment on column public.rollout_symbols.symbol_id is 'The symbol.';
comment on column public.rollout_symbols.symbol is 'Its ticker.';
comment on column public.rollout_symbols.stage is 'The stage at which it joined.';
comment on column public.rollout_symbols.horizons is 'The horizons that the candidate is forecast and served on; later stages add to them.';
comment on column public.rollout_symbols.ensemble is 'What serves it on those horizons: candidate, or baseline after a rollback.';
comment on column public.rollout_symbols.joined_at is 'Joined, UTC.';
create index rollout_symbols_by_symbol on public.rollout_symbols (symbol_id, symbol);

create table public.rollout_events (
  id bigint generated always as identity primary key,
  rollout_id bigint references public.rollouts (id),
  happened_at timestamptz not null default now(),
  kind text not null,
  stage text,
  actor text not null,
  reason text not null,
  figures jsonb not null default '{}',
  subject text,
  constraint rollout_events_kind_known check (kind in (
    'deployed', 'evaluated', 'promoted', 'completed', 'rolled_back', 'extended', 'approved', 'note', 'kill_switch_on', 'kill_switch_off',
    'trigger', 'forecast_missing', 'bars_missing', 'job_dead', 'error', 'health_captured')),
  constraint rollout_events_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_events_actor_is_named check (btrim(actor) <> '' and length(actor) <= 200),
  constraint rollout_events_reason_is_given check (btrim(reason) <> '')
);
comment on table public.rollout_events is 'The canary log: who, when, why, on which figures. Append-only: a row once written stays.';
comment on column public.rollout_events.id is 'Order.';
comment on column public.rollout_events.rollout_id is 'The rollout; null for what concerns none.';
comment on column public.rollout_events.happened_at is 'When, UTC.';
comment on column public.rollout_events.kind is
  'deployed, promoted, completed, rolled_back, extended, approved, note, kill_switch_on, kill_switch_off: an operator''s act, or an '
  'automatic one. evaluated: the verdict changed. trigger: something that rolls back was met. forecast_missing, bars_missing, job_dead, '
  'error: what was noticed. health_captured: durations of queries taken by deploy.';
comment on column public.rollout_events.stage is 'The stage at that time.';
comment on column public.rollout_events.actor is 'Who: a person''s name, or automatic.';
comment on column public.rollout_events.reason is 'Why, or what happened, in words.';
comment on column public.rollout_events.figures is 'On which figures.';
comment on column public.rollout_events.subject is 'What a noticed thing is about, so that it is recorded once: AAPL 1D 2026-11-20.';
create unique index rollout_events_noticed_once on public.rollout_events (rollout_id, kind, subject) where subject is not null;
create index rollout_events_by_time on public.rollout_events (happened_at desc);

create function internal.refuse_change() returns trigger
language plpgsql set search_path = ''
as $$
begin
  perform internal.refuse(409, 'append_only', format('%s is append-only: a row once written is neither changed nor deleted', tg_table_name));
  return null;
end
$$;
comment on function internal.refuse_change() is 'Trigger: refuses to change or delete the rows of an append-only table (append_only).';
revoke execute on function internal.refuse_change() from public;
create trigger rollout_events_are_append_only before update or delete on public.rollout_events
for each row execute function internal.refuse_change();
create trigger rollout_events_are_never_emptied before truncate on public.rollout_events
for each statement execute function internal.refuse_change();

create table public.rollout_evaluations (
  id bigint generated always as identity primary key,
  rollout_id bigint not null references public.rollouts (id),
  stage text not null,
  evaluated_at timestamptz not null default now(),
  evidence_at timestamptz not null,
  verdict text not null,
  status_line text not null,
  criteria jsonb not null,
  triggers jsonb not null default '[]',
  markdown text not null,
  code_version text not null,
  last_event_id bigint,
  constraint rollout_evaluations_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_evaluations_verdict_known check (verdict in ('pass', 'fail', 'insufficient')),
  constraint rollout_evaluations_criteria_are_there check (jsonb_typeof(criteria) = 'array' and jsonb_array_length(criteria) > 0),
  constraint rollout_evaluations_verdicts_known check (
    not jsonb_path_exists(criteria, '$[*] ? (!(@.verdict == "pass" || @.verdict == "insufficient" || @.verdict == "fail"))')
  ),
  -- No summary is better than its worst row.
  constraint rollout_evaluations_verdict_is_the_worst check (verdict = case
    when criteria @> '[{"verdict": "fail"}]' then 'fail'
    when criteria @> '[{"verdict": "insufficient"}]' then 'insufficient'
    else 'pass' end)
);
comment on table public.rollout_evaluations is 'What the judge found of a rollout''s stage, criterion by criterion.';
comment on column public.rollout_evaluations.id is 'Order.';
comment on column public.rollout_evaluations.rollout_id is 'The rollout.';
comment on column public.rollout_evaluations.stage is 'The stage that was judged.';
comment on column public.rollout_evaluations.evaluated_at is 'Stored, UTC.';
comment on column public.rollout_evaluations.evidence_at is 'When the evidence was read, UTC: what happened later is not in it.';
comment on column public.rollout_evaluations.verdict is 'The worst of the criteria''s: fail, insufficient (holds the stage), pass.';
comment on column public.rollout_evaluations.status_line is 'One sentence, computed from the criteria.';
comment on column public.rollout_evaluations.criteria is '[{criterion, verdict, n, figures, sentence, bars_needed}], in order.';
comment on column public.rollout_evaluations.triggers is 'What would roll back: [{trigger, subject, figures, sentence}]; empty when nothing would.';
comment on column public.rollout_evaluations.markdown is 'The same for people.';
comment on column public.rollout_evaluations.code_version is 'Version of the judge.';
comment on column public.rollout_evaluations.last_event_id is 'Latest row of rollout_events when it was stored: what was noticed later is not in it.';
create index rollout_evaluations_latest on public.rollout_evaluations (rollout_id, id desc);

create table public.errors (
  id bigint generated always as identity primary key,
  occurred_at timestamptz not null default now(),
  source text not null,
  code text not null,
  message text not null,
  details jsonb not null default '{}',
  constraint errors_source_is_named check (source ~ '^[a-z][a-z0-9_.-]{0,63}$'),
  constraint errors_code_is_snake_case check (code ~ '^[a-z][a-z0-9_]{0,63}$')
);
comment on table public.errors is 'Errors that nobody handled: of functions, of the schedule. What a caller did wrong is not here.';
comment on column public.errors.id is 'Order.';
comment on column public.errors.occurred_at is 'When, UTC.';
comment on column public.errors.source is 'The Edge Function or the job of cron.';
comment on column public.errors.code is 'Code for programs: internal_error, or a StoreError''s.';
comment on column public.errors.message is 'In words, at most 2,000 characters; never a key, a token or a body.';
comment on column public.errors.details is 'What is known beside it.';
create index errors_by_time on public.errors (occurred_at desc);

create function public.record_error(p_source text, p_code text, p_message text, p_details jsonb default '{}') returns bigint
language sql security definer set search_path = ''
as $$
  insert into public.errors (source, code, message, details)
  values (p_source, p_code, left(p_message, 2000), coalesce(p_details, '{}'))
  returning id
$$;
comment on function public.record_error(text, text, text, jsonb) is 'Records an error that nobody handled; returns its id.';
revoke execute on function public.record_error(text, text, text, jsonb) from public, anon, authenticated;
grant execute on function public.record_error(text, text, text, jsonb) to service_role;

create function internal.add_rollout_event(
  p_rollout_id bigint, p_kind text, p_actor text, p_reason text, p_figures jsonb default '{}', p_subject text default null
) returns bigint
language sql set search_path = ''
as $$
  insert into public.rollout_events (rollout_id, kind, stage, actor, reason, figures, subject)
  select p_rollout_id, p_kind, (select r.stage from public.rollouts r where r.id = p_rollout_id), p_actor, p_reason,
    coalesce(p_figures, '{}'), p_subject
  on conflict (rollout_id, kind, subject) where subject is not null do nothing
  returning id
$$;
comment on function internal.add_rollout_event(bigint, text, text, text, jsonb, text) is
  'Adds a row to the canary log and returns its id; null when one of this kind with this subject is there.';
revoke execute on function internal.add_rollout_event(bigint, text, text, text, jsonb, text) from public;

alter table public.rollouts enable row level security;
alter table public.rollout_symbols enable row level security;
alter table public.rollout_events enable row level security;
alter table public.rollout_evaluations enable row level security;
alter table public.errors enable row level security;
create policy rollouts_are_read_by_users on public.rollouts for select to authenticated using (true);
create policy rollout_symbols_are_read_by_users on public.rollout_symbols for select to authenticated using (true);
create policy rollout_events_are_read_by_users on public.rollout_events for select to authenticated using (true);
create policy rollout_evaluations_are_read_by_users on public.rollout_evaluations for select to authenticated using (true);
revoke all on public.rollouts, public.rollout_symbols, public.rollout_events, public.rollout_evaluations, public.errors
  from anon, authenticated, service_role;
grant select on public.rollouts, public.rollout_symbols, public.rollout_events, public.rollout_evaluations
  to authenticated, service_role;
-- Messages of errors may say more of the inside than users need to know.
grant select on public.errors to service_role;
