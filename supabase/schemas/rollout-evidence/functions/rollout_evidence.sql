create or replace function public.rollout_evidence() returns jsonb
language sql security definer set search_path = ''
as $$
  -- What has just come true, as far as there is time for it.
  select internal.compare_pairs(100);
  select internal.rollout_evidence();
$$;
comment on function public.rollout_evidence() is
  'All that a stage of the latest rollout is judged by, as one document whose schema is src/shared/contracts/rollout-evidence.ts: forecasts '
  'expected and there, sums over pairs of both ensembles from the same bars with what came true, windows, triggers that SQL alone finds (divergence), dead jobs, failed runs, errors, durations of '
  'queries, approvals. Of an ended rollout as it was at its end. Raises no_rollout.';
revoke execute on function public.rollout_evidence() from public, anon, authenticated;
grant execute on function public.rollout_evidence() to service_role;
