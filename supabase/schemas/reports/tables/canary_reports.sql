create table public.canary_reports (
  id bigint generated always as identity primary key,
  report_date date not null,
  report_time time not null,
  issued_at timestamptz not null default now(),
  since timestamptz not null,
  status text not null,
  symbols text[] not null,
  session_date date,
  forecasts_expected integer not null,
  forecasts_there integer not null,
  forecasts_missing jsonb not null,
  symbols_without_bars text[] not null,
  alerts_open integer not null,
  alerts jsonb not null,
  jobs_dead integer not null,
  runs_failed integer not null,
  outcomes_scored integer not null,
  windows_known integer not null,
  largest_divergence double precision,
  largest_divergence_of text,
  lines text[] not null,
  rollout_id bigint,
  rollout_stage text,
  rollout_running boolean not null default false,
  evaluation_id bigint,
  verdict text,
  evidence_at timestamptz,
  errors_open integer not null default 0,
  incidents integer not null default 0,
  is_summary boolean not null default false,
  decision text,
  constraint canary_reports_one_a_slot unique (report_date, report_time),
  constraint canary_reports_status_known check (status in ('ok', 'attention', 'insufficient')),
  constraint canary_reports_counts_add_up check (
    forecasts_there + jsonb_array_length(forecasts_missing) = forecasts_expected and forecasts_there >= 0
  ),
  constraint canary_reports_divergence_needs_windows check ((largest_divergence is null) = (windows_known = 0)),
  constraint canary_reports_ok_is_measured check (
    status <> 'ok' or (
      forecasts_expected > 0 and forecasts_there = forecasts_expected and alerts_open = 0 and jobs_dead = 0 and runs_failed = 0
      and windows_known >= forecasts_expected and symbols_without_bars = '{}')
  ),
  constraint canary_reports_rollout_is_one foreign key (rollout_id) references public.rollouts (id),
  constraint canary_reports_evaluation_is_one foreign key (evaluation_id) references public.rollout_evaluations (id),
  constraint canary_reports_ok_is_ok_everywhere check (
    status <> 'ok' or (errors_open = 0 and incidents = 0 and verdict is distinct from 'fail')),
  constraint canary_reports_ok_has_passed check (
    status <> 'ok' or not rollout_running
    or coalesce(verdict = 'pass' and evidence_at > issued_at - interval '24 hours', false)),
  constraint canary_reports_fail_wants_attention check (
    status = 'attention' or (errors_open = 0 and incidents = 0 and verdict is distinct from 'fail')),
  constraint canary_reports_decision_known check (decision in ('promote', 'hold', 'do not promote', 'roll back')),
  constraint canary_reports_summary_decides check (is_summary = (decision is not null)),
  constraint canary_reports_promotes_when_ok check (decision is distinct from 'promote' or status = 'ok')
);
comment on table public.canary_reports is
  'The canary''s reports at 08:00, 12:00 and 18:00 New York time: figures computed from the rows that they summarise.';
comment on column public.canary_reports.id is 'Surrogate key.';
comment on column public.canary_reports.report_date is 'Date in New York.';
comment on column public.canary_reports.report_time is 'Time of day in New York.';
comment on column public.canary_reports.issued_at is 'Written, UTC.';
comment on column public.canary_reports.since is 'What is counted happened after this: the report before, or a day ago for the first, UTC.';
comment on column public.canary_reports.status is
  'attention: a forecast is missing, an alert is open, a job died, a run failed, something happened that is an incident, the evaluation '
  'failed, or the kill switch is on. insufficient: nothing of that, but bars, forecasts or windows to judge by are not there for every '
  'symbol, or the rollout''s latest evaluation is insufficient, missing or older than 24 hours. ok: neither, by the figures in the row.';
comment on column public.canary_reports.symbols is
  'The active symbols of stage canary and, while a rollout runs, all that it has come to.';
comment on column public.canary_reports.session_date is 'The session whose forecasts are counted; see vw_forecast_presence.';
comment on column public.canary_reports.forecasts_expected is 'Forecasts that should be there from it, of symbols that have bars.';
comment on column public.canary_reports.forecasts_there is 'How many are.';
comment on column public.canary_reports.forecasts_missing is 'The others: [{symbol, horizon, ensemble, state}].';
comment on column public.canary_reports.symbols_without_bars is 'Symbols and horizons without any bar, from which nothing is expected: AAPL 1D.';
comment on column public.canary_reports.alerts_open is 'Open divergence alerts.';
comment on column public.canary_reports.alerts is 'How many, by level.';
comment on column public.canary_reports.jobs_dead is 'Jobs that ended dead since; not those that only a request asked for.';
comment on column public.canary_reports.runs_failed is 'Runs of the schedule that failed since.';
comment on column public.canary_reports.outcomes_scored is 'Forecasts that came true and were scored since.';
comment on column public.canary_reports.windows_known is 'Symbols, horizons and ensembles with a validated window that still stands.';
comment on column public.canary_reports.largest_divergence is 'Largest divergence of their latest windows; a fraction, null without any.';
comment on column public.canary_reports.largest_divergence_of is 'Whose it is: symbol, horizon, ensemble.';
comment on column public.canary_reports.lines is 'The same in sentences, each with its figures.';
comment on column public.canary_reports.rollout_id is 'The rollout that runs, or that ended since the report before.';
comment on column public.canary_reports.rollout_stage is 'Its stage.';
comment on column public.canary_reports.rollout_running is 'Whether it runs.';
comment on column public.canary_reports.evaluation_id is 'Its latest evaluation of that stage.';
comment on column public.canary_reports.verdict is 'That evaluation''s verdict.';
comment on column public.canary_reports.evidence_at is 'When its evidence was read, UTC.';
comment on column public.canary_reports.errors_open is 'Open alerts on errors.';
comment on column public.canary_reports.incidents is
  'Since the report before: errors that nobody handled, and events of the kinds trigger, rolled_back, forecast_missing, bars_missing, '
  'job_dead, error and kill_switch_on; and every trigger of the running stage, in its events or its latest evaluation.';
comment on column public.canary_reports.is_summary is 'Whether it is the first since its stage has lasted its days.';
comment on column public.canary_reports.decision is
  'Of a summary: promote (every criterion passed and nothing wants attention), roll back (a trigger was met), do not promote (a criterion '
  'fails), or hold.';

create index canary_reports_by_rollout on public.canary_reports (rollout_id, rollout_stage) where is_summary;
create index canary_reports_by_time on public.canary_reports (issued_at);

alter table public.canary_reports enable row level security;
create policy canary_reports_are_read_by_operators on public.canary_reports for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.canary_reports from anon, authenticated, service_role;
grant select on public.canary_reports to authenticated, service_role;
