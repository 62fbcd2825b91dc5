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
  code_version text not null,
  last_event_id bigint,
  constraint rollout_evaluations_stage_known check (stage in ('canary', 'limited', 'full')),
  constraint rollout_evaluations_verdict_known check (verdict in ('pass', 'fail', 'insufficient')),
  constraint rollout_evaluations_criteria_are_there check (jsonb_typeof(criteria) = 'array' and jsonb_array_length(criteria) > 0),
  constraint rollout_evaluations_verdicts_known check (
    not jsonb_path_exists(criteria, '$[*] ? (!(@.verdict == "pass" || @.verdict == "insufficient" || @.verdict == "fail"))')
  ),
  -- No summary is better than its worst row.
  -- Twin: worstVerdict (src/shared/rollout/worst-verdict.ts), compared in test/database/computed-twice.test.ts.
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
comment on column public.rollout_evaluations.code_version is 'Version of the judge.';
comment on column public.rollout_evaluations.last_event_id is 'Latest row of rollout_events when it was stored: what was noticed later is not in it.';

create index rollout_evaluations_latest on public.rollout_evaluations (rollout_id, id desc);
create index rollout_evaluations_by_evidence on public.rollout_evaluations (rollout_id, stage, evidence_at, id);

alter table public.rollout_evaluations enable row level security;
create policy rollout_evaluations_are_read_by_operators on public.rollout_evaluations for select to authenticated using ((select internal.may_read_operations()));
revoke all on public.rollout_evaluations from anon, authenticated, service_role;
grant select on public.rollout_evaluations to authenticated, service_role;
