import type postgres from 'postgres';

/** The roles of the API, in the order of the columns of {@link ACCESS}. */
export const API_ROLES = ['anon', 'authenticated', 'service_role'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/**
 * Who may do what, whole: every table, view and function of the schemas `public` and `internal`. An object that is not here fails
 * the test, as does a line without an object. A dash: nothing. `by operators`: a user sees its rows only with the claim, or but for a
 * few (settings). Functions by name: those that share one have the same rights.
 */
const ACCESS = `
object                                      | anon | authenticated       | service_role
table public.alert_deliveries               | -    | select by operators | select
table public.artifacts                      | -    | select by operators | select
table public.bar_gaps                       | -    | select              | select
table public.bar_series                     | -    | select              | select
table public.bars                           | -    | -                   | select
table public.calendar_changes               | -    | select by operators | select
table public.calendar_exceptions            | -    | select              | select
table public.calendars                      | -    | select              | select
table public.canary_reports                 | -    | select by operators | select
table public.cron_ticks                     | -    | select by operators | select
table public.divergence_alerts              | -    | select              | select
table public.configurations                 | -    | select by operators | select
table public.ensemble_validation_metrics    | -    | select              | select
table public.ensemble_weights               | -    | select              | select
table public.ensembles                      | -    | select              | select
table public.error_alerts                   | -    | select by operators | select
table public.errors                         | -    | select by operators | select
table public.forecast_outcomes              | -    | select              | select
table public.forecast_pairs                 | -    | select by operators | select
table public.forecasts                      | -    | select              | select
table public.job_checkpoints                | -    | -                   | select
table public.job_kinds                      | -    | select by operators | select
table public.job_retries                    | -    | select by operators | select
table public.job_settings                   | -    | select by operators | select
table public.jobs                           | -    | select by operators | select
table public.joined_jobs                    | -    | -                   | select
table public.monitoring_queries             | -    | select by operators | select
table public.outcome_pair_sums              | -    | select              | select
table public.outcome_sums                   | -    | select              | select
table public.outcomes_due                   | -    | select by operators | select
table public.overfitting_tests              | -    | select              | select
table public.pair_sums_by_origin            | -    | select by operators | select
table public.pair_sums_by_series            | -    | select by operators | select
table public.planning_rounds                | -    | select by operators | select
table public.quantile_levels                | -    | select              | select
table public.query_timings                  | -    | select by operators | select
table public.rollout_evaluations            | -    | select by operators | select
table public.rollout_events                 | -    | select by operators | select
table public.rollout_symbols                | -    | select              | select
table public.rollouts                       | -    | select by operators | select
table public.runs                           | -    | select by operators | select
table public.schedule_slots                 | -    | select by operators | select
table public.schedule_ticks                 | -    | select by operators | select
table public.scheduled_events               | -    | select              | select
table public.settings                       | -    | select by operators | select
table public.slot_runs                      | -    | select by operators | select
table public.symbol_renames                 | -    | select by operators | select
table public.symbols                        | -    | select              | select
table public.window_validity                | -    | select              | select
table public.worker_requests                | -    | select by operators | select
view public.current_forecasts               | -    | select              | select
view public.vw_canary_board                 | -    | select by operators | select
view public.vw_daily_divergence             | -    | select              | select
view public.vw_divergence_trends            | -    | select              | select
view public.vw_ensemble_assignments         | -    | select              | select
view public.vw_expected_cutoffs             | -    | select by operators | select
view public.vw_forecast_presence            | -    | select by operators | select
view public.vw_forecast_quality             | -    | select              | select
view public.vw_forecasts                    | -    | select              | select
view public.vw_horizon_assignments          | -    | select              | select
view public.vw_missed_ticks                 | -    | select by operators | select
view public.vw_model_performance            | -    | select              | select
view public.vw_open_alerts                  | -    | select by operators | select
view public.vw_overfitting_symbols          | -    | select              | select
view public.vw_rmse_against_baseline        | -    | select              | select
view public.vw_run_health                   | -    | select by operators | select
view public.vw_serving_ensembles            | -    | select              | select
view public.vw_valid_windows                | -    | select              | select
function public.announce_closure            | -    | -                   | execute
function public.approve_rollout             | -    | -                   | execute
function public.bar_rules                   | -    | -                   | execute
function public.canary_report               | -    | -                   | execute
function public.change_setting              | -    | -                   | execute
function public.claim_job                   | -    | -                   | execute
function public.complete_job                | -    | -                   | execute
function public.count_bars                  | -    | -                   | execute
function public.current_windows             | -    | -                   | execute
function public.dispatch_workers            | -    | -                   | execute
function public.end_worker                  | -    | -                   | execute
function public.extend_rollout              | -    | -                   | execute
function public.fail_job                    | -    | -                   | execute
function public.forecast_context            | -    | -                   | execute
function public.forecast_state              | -    | -                   | execute
function public.forget_series               | -    | -                   | execute
function public.ingest_bars                 | -    | -                   | execute
function public.ingestion_state             | -    | -                   | execute
function public.latest_window               | -    | -                   | execute
function public.list_calendars              | -    | -                   | execute
function public.measure_queries             | -    | -                   | execute
function public.note_rollout                | -    | -                   | execute
function public.pause_slot                  | -    | -                   | execute
function public.plan_ingestion              | -    | -                   | execute
function public.plan_work                   | -    | -                   | execute
function public.promote_rollout             | -    | -                   | execute
function public.read_bars                   | -    | execute             | execute
function public.read_scheduled_events       | -    | -                   | execute
function public.read_series                 | -    | -                   | execute
function public.record_error                | -    | -                   | execute
function public.register_covariate          | -    | -                   | execute
function public.rename_symbol               | -    | -                   | execute
function public.report_now                  | -    | -                   | execute
function public.request_forecasts           | -    | -                   | execute
function public.resume_slot                 | -    | -                   | execute
function public.retry_job                   | -    | -                   | execute
function public.retry_slot                  | -    | -                   | execute
function public.rollback_rollout            | -    | -                   | execute
function public.rollout_evidence            | -    | -                   | execute
function public.rollout_status              | -    | -                   | execute
function public.run_progress                | -    | -                   | execute
function public.save_step                   | -    | -                   | execute
function public.score_outcomes              | -    | -                   | execute
function public.seed_ensemble               | -    | -                   | execute
function public.set_calendar                | -    | -                   | execute
function public.set_publishing              | -    | -                   | execute
function public.start_rollout               | -    | -                   | execute
function public.store_calendar              | -    | -                   | execute
function public.store_evaluation            | -    | -                   | execute
function public.store_requested_forecast    | -    | -                   | execute
function public.store_scheduled_events      | -    | -                   | execute
function public.stored_bars_around          | -    | -                   | execute
function public.withdraw_closure            | -    | -                   | execute
function public.write_secrets               | -    | -                   | execute
function internal.add_forecast_jobs         | -    | -                   | -
function internal.add_job                   | -    | -                   | -
function internal.add_outcome_pairs         | -    | -                   | -
function internal.add_outcomes              | -    | -                   | -
function internal.add_planned_runs          | -    | -                   | -
function internal.add_rollout_event         | -    | -                   | -
function internal.add_series_shares         | -    | -                   | -
function internal.alert_rank                | -    | -                   | -
function internal.alert_storm               | -    | -                   | -
function internal.apply_divergence_check    | -    | -                   | -
function internal.are_slot_times            | -    | -                   | -
function internal.are_weights               | -    | -                   | -
function internal.are_weights_refuted       | -    | -                   | -
function internal.begin_job_anew            | -    | -                   | -
function internal.begin_new_times           | -    | -                   | -
function internal.calendar_days             | -    | execute             | execute
function internal.calendar_rules            | -    | -                   | -
function internal.change_series_sums        | -    | -                   | -
function internal.check_forecast_setting    | -    | -                   | -
function internal.check_market_data_setting | -    | -                   | -
function internal.check_rollout_setting     | -    | -                   | -
function internal.check_schedule_setting    | -    | -                   | -
function internal.check_setting             | -    | -                   | -
function internal.clock_bound               | -    | -                   | -
function internal.closed_because            | -    | -                   | -
function internal.compare_pairs             | -    | -                   | -
function internal.compared_evidence         | -    | -                   | -
function internal.compared_ratios           | -    | -                   | -
function internal.complete_event            | -    | -                   | -
function internal.compose_digest            | -    | -                   | -
function internal.compose_report            | -    | -                   | -
function internal.covariates_in_use         | -    | execute             | execute
function internal.create_run                | -    | -                   | -
function internal.crps                      | -    | -                   | -
function internal.dates_without_session     | -    | -                   | -
function internal.days_of_calendars_in_use  | -    | -                   | -
function internal.decision_text             | -    | -                   | -
function internal.delete_batch              | -    | -                   | -
function internal.delete_outcome            | -    | -                   | -
function internal.deliver_alerts            | -    | -                   | -
function internal.derive_eight_hour_bars    | -    | -                   | -
function internal.end_job                   | -    | -                   | -
function internal.enqueue_divergence_alert  | -    | -                   | -
function internal.enqueue_error_alert       | -    | -                   | -
function internal.enqueue_rollout_event     | -    | -                   | -
function internal.error_sightings           | -    | -                   | -
function internal.evaluation_figures        | -    | -                   | -
function internal.expected_bars             | -    | -                   | -
function internal.expected_evidence         | -    | -                   | -
function internal.expected_forecasts        | -    | -                   | -
function internal.failure_class             | -    | -                   | -
function internal.failure_consequence       | -    | -                   | -
function internal.finish_evaluation         | -    | -                   | -
function internal.forecast_key              | -    | -                   | -
function internal.forecast_origins          | -    | -                   | -
function internal.forecast_shortages        | -    | -                   | -
function internal.forecast_subject          | -    | -                   | -
function internal.gap_message               | -    | -                   | -
function internal.held_job                  | -    | -                   | -
function internal.horizon_payload           | -    | -                   | -
function internal.is_ascending              | -    | -                   | -
function internal.is_bar_source             | -    | -                   | -
function internal.is_configured             | -    | execute             | execute
function internal.is_covered                | -    | -                   | -
function internal.is_half_day               | -    | -                   | -
function internal.is_made_good              | -    | -                   | -
function internal.is_of_rollout             | -    | -                   | -
function internal.is_session                | -    | -                   | -
function internal.is_webhook_address        | -    | -                   | -
function internal.job_key                   | -    | -                   | -
function internal.keep_origin_sums          | -    | -                   | -
function internal.keep_scored_forecasts     | -    | -                   | -
function internal.keep_series_sums          | -    | -                   | -
function internal.lacking_bars              | -    | -                   | -
function internal.large_divergences         | -    | -                   | -
function internal.latest_evaluation         | -    | -                   | -
function internal.latest_rollout            | -    | execute             | execute
function internal.lock_restated_at          | -    | -                   | -
function internal.lock_rollout              | -    | -                   | -
function internal.log_score                 | -    | -                   | -
function internal.match_levels              | -    | -                   | -
function internal.may_read_operations       | -    | execute             | execute
function internal.measure_queries           | -    | -                   | -
function internal.mend_clock_jumps          | -    | -                   | -
function internal.mend_set_back_clock       | -    | -                   | -
function internal.new_york_time             | -    | -                   | -
function internal.not_issued_from           | -    | -                   | -
function internal.note_bars                 | -    | -                   | -
function internal.note_calendar             | -    | -                   | -
function internal.note_changed_bars         | -    | -                   | -
function internal.note_changed_exceptions   | -    | -                   | -
function internal.note_exceptions           | -    | -                   | -
function internal.note_gaps                 | -    | -                   | -
function internal.note_late_forecasts       | -    | -                   | -
function internal.note_next_due             | -    | -                   | -
function internal.note_publishing           | -    | -                   | -
function internal.note_restated_bars        | -    | -                   | -
function internal.note_symbols_calendar     | -    | -                   | -
function internal.note_watched              | -    | -                   | -
function internal.note_window_validity      | -    | -                   | -
function internal.note_windows              | -    | -                   | -
function internal.notice_ended_symbols      | -    | -                   | -
function internal.notice_failures           | -    | -                   | -
function internal.notice_forecasts          | -    | -                   | -
function internal.notice_slots              | -    | -                   | -
function internal.outcome_terms             | -    | -                   | -
function internal.perform_slot              | -    | -                   | -
function internal.pit                       | -    | -                   | -
function internal.plan_divergence_checks    | -    | -                   | -
function internal.plan_evaluation           | -    | -                   | -
function internal.plan_forecasts            | -    | -                   | -
function internal.plan_restated             | -    | -                   | -
function internal.plan_round                | -    | -                   | -
function internal.plan_slot                 | -    | -                   | -
function internal.plan_validations          | -    | -                   | -
function internal.promotion_obstacles       | -    | -                   | -
function internal.publishing_stopped        | -    | -                   | -
function internal.purge                     | -    | -                   | -
function internal.quantile_levels_id        | -    | -                   | -
function internal.query_health              | -    | -                   | -
function internal.reach_stage               | -    | -                   | -
function internal.read_closures             | -    | -                   | -
function internal.recent_failures           | -    | -                   | -
function internal.reconcile                 | -    | -                   | -
function internal.reconcile_jobs            | -    | -                   | -
function internal.record_cron_error         | -    | -                   | -
function internal.recount_gaps              | -    | -                   | -
function internal.recount_gaps_of_days      | -    | -                   | -
function internal.recount_outcomes          | -    | -                   | -
function internal.recount_series            | -    | -                   | -
function internal.refuse                    | -    | -                   | -
function internal.refuse_change             | -    | -                   | -
function internal.refuse_run                | -    | -                   | -
function internal.refuse_setting            | -    | -                   | -
function internal.register_pairs            | -    | -                   | -
function internal.rename_in_queue           | -    | -                   | -
function internal.report_canary             | -    | -                   | -
function internal.request_function          | -    | -                   | -
function internal.request_workers           | -    | -                   | -
function internal.require_actor             | -    | -                   | -
function internal.require_bars              | -    | -                   | -
function internal.require_calendar          | -    | -                   | -
function internal.require_calendar_definition | -    | -                   | -
function internal.require_forecast_request  | -    | -                   | -
function internal.require_quota             | -    | -                   | -
function internal.require_reason            | -    | -                   | -
function internal.require_running_rollout   | -    | -                   | -
function internal.retry_delay               | -    | -                   | -
function internal.roll_back                 | -    | -                   | -
function internal.rollout_dead_jobs         | -    | -                   | -
function internal.rollout_decision          | -    | -                   | -
function internal.rollout_errors            | -    | -                   | -
function internal.rollout_evidence          | -    | -                   | -
function internal.rollout_health            | -    | -                   | -
function internal.run_slot                  | -    | -                   | -
function internal.schedule_all              | -    | -                   | -
function internal.score_due_outcomes        | -    | -                   | -
function internal.score_outcomes            | -    | -                   | -
function internal.series_share              | -    | -                   | -
function internal.serving_ensemble          | -    | -                   | -
function internal.session_close             | -    | -                   | -
function internal.setting                   | -    | -                   | -
function internal.settle_deliveries         | -    | -                   | -
function internal.settled_runs              | -    | -                   | -
function internal.slot_check_divergence     | -    | -                   | -
function internal.slot_evaluate_rollout     | -    | -                   | -
function internal.slot_forecast             | -    | -                   | -
function internal.slot_ingest               | -    | -                   | -
function internal.slot_key                  | -    | -                   | -
function internal.slot_measure_health       | -    | -                   | -
function internal.slot_purge                | -    | -                   | -
function internal.slot_score                | -    | -                   | -
function internal.slot_times                | -    | -                   | -
function internal.slot_validate             | -    | -                   | -
function internal.snapshot_member_failure   | -    | -                   | -
function internal.stage_length              | -    | -                   | -
function internal.store_artifact            | -    | -                   | -
function internal.store_configuration       | -    | -                   | -
function internal.store_forecast            | -    | -                   | -
function internal.store_forecast_result     | -    | -                   | -
function internal.store_ingestion           | -    | -                   | -
function internal.store_validation          | -    | -                   | -
function internal.store_weights             | -    | -                   | -
function internal.store_window_result       | -    | -                   | -
function internal.sum_origin                | -    | -                   | -
function internal.sum_outcomes              | -    | -                   | -
function internal.sum_restated_outcomes     | -    | -                   | -
function internal.tick_alerts               | -    | -                   | -
function internal.tick_continue             | -    | -                   | -
function internal.tick_dispatch             | -    | -                   | -
function internal.tick_job                  | -    | -                   | -
function internal.tick_outcomes             | -    | -                   | -
function internal.tick_plan                 | -    | -                   | -
function internal.tick_retention            | -    | -                   | -
function internal.tick_slot                 | -    | -                   | -
function internal.time_query                | -    | -                   | -
function internal.timeframe_of              | -    | execute             | execute
function internal.touch_updated_at          | -    | -                   | -
function internal.trigger_subject           | -    | -                   | -
function internal.triggers_met              | -    | -                   | -
function internal.unknown_symbols_message   | -    | -                   | -
function internal.utc_text                  | -    | -                   | -
function internal.watch_errors              | -    | -                   | -
function internal.watch_rollout             | -    | -                   | -
function internal.webhook_payload           | -    | -                   | -
function internal.window_sizes              | -    | -                   | -
function internal.worker_places             | -    | -                   | -
function internal.workers_under_way         | -    | -                   | -
`;

/** The table as it is written above: object to what each role may do. */
export function expectedAccess(): Record<string, string> {
  const [, ...lines] = ACCESS.trim().split('\n');
  return Object.fromEntries(
    lines.map((line) => {
      const [object, ...rights] = line.split('|').map((cell) => cell.trim());
      return [object, rights.join(' | ')];
    }),
  );
}

/** The same from the catalogue. */
export async function catalogueAccess(sql: postgres.Sql): Promise<Record<string, string>> {
  const rows = await sql`
    with roles as (select r.role, r.place from unnest(${[...API_ROLES]}::text[]) with ordinality r(role, place)),
    objects as (
      select case c.relkind when 'v' then 'view' when 'm' then 'materialised view' else 'table' end
        || ' ' || c.relnamespace::regnamespace || '.' || c.relname as object, r.place,
        (select string_agg(lower(p.name), ' ' order by p.place)
         from unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES', 'TRIGGER'])
           with ordinality p(name, place)
         where has_table_privilege(r.role, c.oid, p.name)
           or (p.name in ('SELECT', 'INSERT', 'UPDATE', 'REFERENCES') and has_any_column_privilege(r.role, c.oid, p.name))
        ) || case when r.role = 'authenticated' and (
          pg_get_viewdef(c.oid) like '%may_read_operations()%'
          or exists (select from pg_policy q where q.polrelid = c.oid and pg_get_expr(q.polqual, c.oid) like '%may_read_operations()%')
        ) then ' by operators' else '' end as rights
      from pg_class c cross join roles r
      where c.relnamespace in ('public'::regnamespace, 'internal'::regnamespace) and c.relkind in ('r', 'p', 'v', 'm', 'f')
      union all
      select 'function ' || p.pronamespace::regnamespace || '.' || p.proname, r.place,
        case when has_function_privilege(r.role, p.oid, 'execute') then 'execute' end
      from pg_proc p cross join roles r
      where p.pronamespace in ('public'::regnamespace, 'internal'::regnamespace)
    )
    select object, place::integer as place, string_agg(distinct coalesce(rights, '-'), ' or ') as rights
    from objects group by 1, 2 order by 1, 2`;
  const access: Record<string, string> = {};
  for (const { object, place, rights } of rows) {
    access[object] = place === 1 ? rights : `${access[object]} | ${rights}`;
  }
  return access;
}
