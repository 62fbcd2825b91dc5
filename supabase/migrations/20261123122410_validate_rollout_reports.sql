-- The constraints of the migration before this one, in a transaction of their own: reading goes on meanwhile.
alter table public.canary_reports validate constraint canary_reports_rollout_is_one;
alter table public.canary_reports validate constraint canary_reports_evaluation_is_one;
alter table public.canary_reports validate constraint canary_reports_ok_is_ok_everywhere;
alter table public.canary_reports validate constraint canary_reports_ok_has_passed;
alter table public.canary_reports validate constraint canary_reports_fail_wants_attention;
alter table public.canary_reports validate constraint canary_reports_decision_known;
alter table public.canary_reports validate constraint canary_reports_summary_decides;
alter table public.canary_reports validate constraint canary_reports_promotes_when_ok;
