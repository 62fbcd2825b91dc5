
export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[]

export type Database = {
  
  "public": {
          Tables: {
            "artifacts": {
                  Row: {
                    "code_version": string,"config_hash": string,"data_cutoff": string,"ensemble": string,"horizon": string,"hyperparameters": NonNullable<Json>,"id": number,"run_id": string | null,"state": NonNullable<Json>,"symbol_id": number,"trained_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "code_version": string,"config_hash": string,"data_cutoff": string,"ensemble": string,"horizon": string,"hyperparameters": NonNullable<Json>,"id"?: never,"run_id"?: string | null,"state": NonNullable<Json>,"symbol_id": number,"trained_at"?: string
                  }
                  Update: {
                    "code_version"?: string,"config_hash"?: string,"data_cutoff"?: string,"ensemble"?: string,"horizon"?: string,"hyperparameters"?: NonNullable<Json>,"id"?: never,"run_id"?: string | null,"state"?: NonNullable<Json>,"symbol_id"?: number,"trained_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "artifacts_run_id_fkey"
      columns: ["run_id"]
isOneToOne: false
      referencedRelation: "runs"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "artifacts_symbol_id_fkey"
      columns: ["symbol_id"]
isOneToOne: false
      referencedRelation: "symbols"
      referencedColumns: ["id"]
    }
                  ]
                },"bars": {
                  Row: {
                    "adjustment": string,"bar_time": string,"close": number,"feed": string,"high": number,"ingested_at": string,"low": number,"open": number,"provider": string,"symbol_id": number,"timeframe": string,"volume": number | null
                  }
                  ComputedFields: never
                  Insert: {
                    "adjustment": string,"bar_time": string,"close": number,"feed": string,"high": number,"ingested_at"?: string,"low": number,"open": number,"provider": string,"symbol_id": number,"timeframe": string,"volume"?: number | null
                  }
                  Update: {
                    "adjustment"?: string,"bar_time"?: string,"close"?: number,"feed"?: string,"high"?: number,"ingested_at"?: string,"low"?: number,"open"?: number,"provider"?: string,"symbol_id"?: number,"timeframe"?: string,"volume"?: number | null
                  }
                  Relationships: [
                    {
      foreignKeyName: "bars_symbol_id_fkey"
      columns: ["symbol_id"]
isOneToOne: false
      referencedRelation: "symbols"
      referencedColumns: ["id"]
    }
                  ]
                },"divergence_alerts": {
                  Row: {
                    "divergence": number,"ensemble": string,"horizon": string,"id": number,"level": string,"message": string,"metrics_id": number | null,"opened_at": string,"resolution": string | null,"resolved_at": string | null,"symbol": string,"symbol_id": number,"threshold": number
                  }
                  ComputedFields: never
                  Insert: {
                    "divergence": number,"ensemble": string,"horizon": string,"id"?: never,"level": string,"message": string,"metrics_id"?: number | null,"opened_at"?: string,"resolution"?: string | null,"resolved_at"?: string | null,"symbol": string,"symbol_id": number,"threshold": number
                  }
                  Update: {
                    "divergence"?: number,"ensemble"?: string,"horizon"?: string,"id"?: never,"level"?: string,"message"?: string,"metrics_id"?: number | null,"opened_at"?: string,"resolution"?: string | null,"resolved_at"?: string | null,"symbol"?: string,"symbol_id"?: number,"threshold"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "divergence_alerts_metrics_id_fkey"
      columns: ["metrics_id"]
isOneToOne: false
      referencedRelation: "ensemble_validation_metrics"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "divergence_alerts_symbol_id_fkey"
      columns: ["symbol_id"]
isOneToOne: false
      referencedRelation: "symbols"
      referencedColumns: ["id"]
    }
                  ]
                },"ensemble_validation_metrics": {
                  Row: {
                    "created_at": string,"data_span_days": number,"directional_accuracy": number,"divergence": number,"divergence_threshold": number,"horizon": string,"hyperparameters": NonNullable<Json>,"id": number,"is_overfitting": boolean,"mean_absolute_error": number,"model_count": number,"models_used": (string)[],"n_test_samples": number,"n_train_samples": number,"n_val_samples": number,"symbol": string,"symbol_id": number,"test_rmse": number,"train_rmse": number,"trained_at": string,"updated_at": string,"val_rmse": number,"validation_date": string,"window_id": number
                  }
                  ComputedFields: never
                  Insert: {
                    "created_at"?: string,"data_span_days": number,"directional_accuracy": number,"divergence": number,"divergence_threshold"?: number,"horizon": string,"hyperparameters": NonNullable<Json>,"id"?: never,"is_overfitting": boolean,"mean_absolute_error": number,"model_count": number,"models_used": (string)[],"n_test_samples": number,"n_train_samples": number,"n_val_samples": number,"symbol": string,"symbol_id": number,"test_rmse": number,"train_rmse": number,"trained_at": string,"updated_at"?: string,"val_rmse": number,"validation_date": string,"window_id": number
                  }
                  Update: {
                    "created_at"?: string,"data_span_days"?: number,"directional_accuracy"?: number,"divergence"?: number,"divergence_threshold"?: number,"horizon"?: string,"hyperparameters"?: NonNullable<Json>,"id"?: never,"is_overfitting"?: boolean,"mean_absolute_error"?: number,"model_count"?: number,"models_used"?: (string)[],"n_test_samples"?: number,"n_train_samples"?: number,"n_val_samples"?: number,"symbol"?: string,"symbol_id"?: number,"test_rmse"?: number,"train_rmse"?: number,"trained_at"?: string,"updated_at"?: string,"val_rmse"?: number,"validation_date"?: string,"window_id"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "ensemble_validation_metrics_symbol_id_fkey"
      columns: ["symbol_id"]
isOneToOne: false
      referencedRelation: "symbols"
      referencedColumns: ["id"]
    }
                  ]
                },"ensembles": {
                  Row: {
                    "active": boolean,"config_hash": string,"configuration": NonNullable<Json>,"created_at": string,"ensemble": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "active"?: boolean,"config_hash": string,"configuration": NonNullable<Json>,"created_at"?: string,"ensemble": string,"updated_at"?: string
                  }
                  Update: {
                    "active"?: boolean,"config_hash"?: string,"configuration"?: NonNullable<Json>,"created_at"?: string,"ensemble"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                },"forecasts": {
                  Row: {
                    "artifact_id": number | null,"code_version": string,"config_hash": string,"data_cutoff": string,"ensemble": string,"forecast_price": number,"forecast_return": number,"horizon": string,"id": number,"issued_at": string,"last_close": number,"lower_50": number,"lower_80": number,"lower_90": number,"lower_95": number,"members": NonNullable<Json>,"probability_up": number,"quantile_levels": (number)[],"return_quantiles": (number)[],"run_id": string | null,"scale": number,"symbol": string,"symbol_id": number,"target_time": string,"upper_50": number,"upper_80": number,"upper_90": number,"upper_95": number
                  }
                  ComputedFields: never
                  Insert: {
                    "artifact_id"?: number | null,"code_version": string,"config_hash": string,"data_cutoff": string,"ensemble": string,"forecast_price": number,"forecast_return": number,"horizon": string,"id"?: never,"issued_at"?: string,"last_close": number,"lower_50": number,"lower_80": number,"lower_90": number,"lower_95": number,"members": NonNullable<Json>,"probability_up": number,"quantile_levels": (number)[],"return_quantiles": (number)[],"run_id"?: string | null,"scale": number,"symbol": string,"symbol_id": number,"target_time": string,"upper_50": number,"upper_80": number,"upper_90": number,"upper_95": number
                  }
                  Update: {
                    "artifact_id"?: number | null,"code_version"?: string,"config_hash"?: string,"data_cutoff"?: string,"ensemble"?: string,"forecast_price"?: number,"forecast_return"?: number,"horizon"?: string,"id"?: never,"issued_at"?: string,"last_close"?: number,"lower_50"?: number,"lower_80"?: number,"lower_90"?: number,"lower_95"?: number,"members"?: NonNullable<Json>,"probability_up"?: number,"quantile_levels"?: (number)[],"return_quantiles"?: (number)[],"run_id"?: string | null,"scale"?: number,"symbol"?: string,"symbol_id"?: number,"target_time"?: string,"upper_50"?: number,"upper_80"?: number,"upper_90"?: number,"upper_95"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "forecasts_artifact_id_fkey"
      columns: ["artifact_id"]
isOneToOne: false
      referencedRelation: "artifacts"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "forecasts_run_id_fkey"
      columns: ["run_id"]
isOneToOne: false
      referencedRelation: "runs"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "forecasts_symbol_id_fkey"
      columns: ["symbol_id"]
isOneToOne: false
      referencedRelation: "symbols"
      referencedColumns: ["id"]
    }
                  ]
                },"job_checkpoints": {
                  Row: {
                    "checkpoint": NonNullable<Json>,"job_id": number,"saved_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "checkpoint": NonNullable<Json>,"job_id": number,"saved_at"?: string
                  }
                  Update: {
                    "checkpoint"?: NonNullable<Json>,"job_id"?: number,"saved_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "job_checkpoints_job_id_fkey"
      columns: ["job_id"]
isOneToOne: true
      referencedRelation: "jobs"
      referencedColumns: ["id"]
    }
                  ]
                },"jobs": {
                  Row: {
                    "attempts": number,"created_at": string,"error_code": string | null,"error_message": string | null,"finished_at": string | null,"id": number,"idempotency_key": string,"kind": string,"lease_token": string | null,"lease_until": string | null,"max_attempts": number,"payload": NonNullable<Json>,"priority": number,"progress": number,"run_after": string,"run_id": string,"status": string,"steps": number,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "attempts"?: number,"created_at"?: string,"error_code"?: string | null,"error_message"?: string | null,"finished_at"?: string | null,"id"?: never,"idempotency_key": string,"kind": string,"lease_token"?: string | null,"lease_until"?: string | null,"max_attempts"?: number,"payload": NonNullable<Json>,"priority"?: number,"progress"?: number,"run_after"?: string,"run_id": string,"status"?: string,"steps"?: number,"updated_at"?: string
                  }
                  Update: {
                    "attempts"?: number,"created_at"?: string,"error_code"?: string | null,"error_message"?: string | null,"finished_at"?: string | null,"id"?: never,"idempotency_key"?: string,"kind"?: string,"lease_token"?: string | null,"lease_until"?: string | null,"max_attempts"?: number,"payload"?: NonNullable<Json>,"priority"?: number,"progress"?: number,"run_after"?: string,"run_id"?: string,"status"?: string,"steps"?: number,"updated_at"?: string
                  }
                  Relationships: [
                    {
      foreignKeyName: "jobs_run_id_fkey"
      columns: ["run_id"]
isOneToOne: false
      referencedRelation: "runs"
      referencedColumns: ["id"]
    }
                  ]
                },"overfitting_tests": {
                  Row: {
                    "backtest_overfitting_probability": number | null,"base_rate": number,"benchmark_test_crps": number,"benchmark_test_rmse": number,"benchmark_train_crps": number,"benchmark_train_rmse": number,"benchmark_val_crps": number,"benchmark_val_rmse": number,"code_version": string,"config_hash": string,"coverage": NonNullable<Json>,"created_at": string,"crps_divergence": number,"data_cutoff": string,"ensemble": string,"first_bar_time": string,"fit_optimism": number,"fit_optimism_p": number,"implausible_skill": boolean,"last_bar_time": string,"level": string,"metrics_id": number,"raw_divergence": number,"reasons": (string)[],"rmse_divergence": number,"run_id": string | null,"selection_gap": number,"selection_gap_p": number,"test_crps": number,"train_crps": number,"trials": number,"updated_at": string,"val_crps": number,"verdict": string,"volatility_shift": number
                  }
                  ComputedFields: never
                  Insert: {
                    "backtest_overfitting_probability"?: number | null,"base_rate": number,"benchmark_test_crps": number,"benchmark_test_rmse": number,"benchmark_train_crps": number,"benchmark_train_rmse": number,"benchmark_val_crps": number,"benchmark_val_rmse": number,"code_version": string,"config_hash": string,"coverage": NonNullable<Json>,"created_at"?: string,"crps_divergence": number,"data_cutoff": string,"ensemble": string,"first_bar_time": string,"fit_optimism": number,"fit_optimism_p": number,"implausible_skill": boolean,"last_bar_time": string,"level": string,"metrics_id": number,"raw_divergence": number,"reasons": (string)[],"rmse_divergence": number,"run_id"?: string | null,"selection_gap": number,"selection_gap_p": number,"test_crps": number,"train_crps": number,"trials": number,"updated_at"?: string,"val_crps": number,"verdict": string,"volatility_shift": number
                  }
                  Update: {
                    "backtest_overfitting_probability"?: number | null,"base_rate"?: number,"benchmark_test_crps"?: number,"benchmark_test_rmse"?: number,"benchmark_train_crps"?: number,"benchmark_train_rmse"?: number,"benchmark_val_crps"?: number,"benchmark_val_rmse"?: number,"code_version"?: string,"config_hash"?: string,"coverage"?: NonNullable<Json>,"created_at"?: string,"crps_divergence"?: number,"data_cutoff"?: string,"ensemble"?: string,"first_bar_time"?: string,"fit_optimism"?: number,"fit_optimism_p"?: number,"implausible_skill"?: boolean,"last_bar_time"?: string,"level"?: string,"metrics_id"?: number,"raw_divergence"?: number,"reasons"?: (string)[],"rmse_divergence"?: number,"run_id"?: string | null,"selection_gap"?: number,"selection_gap_p"?: number,"test_crps"?: number,"train_crps"?: number,"trials"?: number,"updated_at"?: string,"val_crps"?: number,"verdict"?: string,"volatility_shift"?: number
                  }
                  Relationships: [
                    {
      foreignKeyName: "overfitting_tests_metrics_id_fkey"
      columns: ["metrics_id"]
isOneToOne: true
      referencedRelation: "ensemble_validation_metrics"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "overfitting_tests_run_id_fkey"
      columns: ["run_id"]
isOneToOne: false
      referencedRelation: "runs"
      referencedColumns: ["id"]
    }
                  ]
                },"runs": {
                  Row: {
                    "config_hash": string,"configuration": NonNullable<Json>,"created_at": string,"ensemble": string,"error_code": string | null,"error_message": string | null,"finished_at": string | null,"id": string,"idempotency_key": string,"jobs_done": number,"jobs_total": number,"kind": string,"params": NonNullable<Json>,"requested_by": string | null,"requested_via": string,"started_at": string | null,"status": string
                  }
                  ComputedFields: never
                  Insert: {
                    "config_hash": string,"configuration": NonNullable<Json>,"created_at"?: string,"ensemble": string,"error_code"?: string | null,"error_message"?: string | null,"finished_at"?: string | null,"id"?: string,"idempotency_key": string,"jobs_done"?: number,"jobs_total"?: number,"kind": string,"params"?: NonNullable<Json>,"requested_by"?: string | null,"requested_via": string,"started_at"?: string | null,"status"?: string
                  }
                  Update: {
                    "config_hash"?: string,"configuration"?: NonNullable<Json>,"created_at"?: string,"ensemble"?: string,"error_code"?: string | null,"error_message"?: string | null,"finished_at"?: string | null,"id"?: string,"idempotency_key"?: string,"jobs_done"?: number,"jobs_total"?: number,"kind"?: string,"params"?: NonNullable<Json>,"requested_by"?: string | null,"requested_via"?: string,"started_at"?: string | null,"status"?: string
                  }
                  Relationships: [
                    
                  ]
                },"settings": {
                  Row: {
                    "description": string,"name": string,"updated_at": string,"value": NonNullable<Json>
                  }
                  ComputedFields: never
                  Insert: {
                    "description": string,"name": string,"updated_at"?: string,"value": NonNullable<Json>
                  }
                  Update: {
                    "description"?: string,"name"?: string,"updated_at"?: string,"value"?: NonNullable<Json>
                  }
                  Relationships: [
                    
                  ]
                },"symbols": {
                  Row: {
                    "active": boolean,"created_at": string,"horizons": (string)[],"id": number,"name": string | null,"stage": string,"symbol": string,"updated_at": string
                  }
                  ComputedFields: never
                  Insert: {
                    "active"?: boolean,"created_at"?: string,"horizons"?: (string)[],"id"?: never,"name"?: string | null,"stage"?: string,"symbol": string,"updated_at"?: string
                  }
                  Update: {
                    "active"?: boolean,"created_at"?: string,"horizons"?: (string)[],"id"?: never,"name"?: string | null,"stage"?: string,"symbol"?: string,"updated_at"?: string
                  }
                  Relationships: [
                    
                  ]
                }
          }
          Views: {
            "current_forecasts": {
                  Row: {
                    "artifact_id": number | null,"code_version": string,"config_hash": string,"data_cutoff": string,"ensemble": string,"forecast_price": number,"forecast_return": number,"horizon": string,"id": number,"issued_at": string,"last_close": number,"lower_50": number,"lower_80": number,"lower_90": number,"lower_95": number,"members": NonNullable<Json>,"probability_up": number,"quantile_levels": (number)[],"return_quantiles": (number)[],"run_id": string | null,"scale": number,"symbol": string,"symbol_id": number,"target_time": string,"upper_50": number,"upper_80": number,"upper_90": number,"upper_95": number
                  }
                  ComputedFields: never
                  Relationships: [
                    {
      foreignKeyName: "forecasts_artifact_id_fkey"
      columns: ["artifact_id"]
isOneToOne: false
      referencedRelation: "artifacts"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "forecasts_run_id_fkey"
      columns: ["run_id"]
isOneToOne: false
      referencedRelation: "runs"
      referencedColumns: ["id"]
    },{
      foreignKeyName: "forecasts_symbol_id_fkey"
      columns: ["symbol_id"]
isOneToOne: false
      referencedRelation: "symbols"
      referencedColumns: ["id"]
    }
                  ]
                },"vw_divergence_trends": {
                  Row: {
                    "change_of_mean": number | null,"horizon": string,"max_divergence": number | null,"mean_divergence": number | null,"mean_test_rmse": number | null,"overfitting_windows": number | null,"symbol": string,"validation_day": string | null,"windows": number | null
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                },"vw_overfitting_symbols": {
                  Row: {
                    "horizon": string,"latest_validation_date": string | null,"max_divergence": number | null,"mean_divergence": number | null,"overfitting_count": number | null,"symbol": string
                  }
                  ComputedFields: never
                  Relationships: [
                    
                  ]
                }
          }
          Functions: {
            "change_setting":
{ Args: { "p_name": string,"p_value": Json }; Returns: Json
                           },
"claim_job":
{ Args: { "p_kinds": (string)[] }; Returns: Json
                           },
"complete_job":
{ Args: { "p_job_id": number,"p_lease_token": string,"p_result": Json }; Returns: undefined
                           },
"dispatch_workers":
{ Args: Record<PropertyKey, never>; Returns: number
                           },
"fail_job":
{ Args: { "p_code": string,"p_job_id": number,"p_lease_token": string,"p_message": string,"p_retry": boolean }; Returns: string
                           },
"forecast_state":
{ Args: { "p_horizon": string,"p_symbols": (string)[] }; Returns: Json
                           },
"ingest_bars":
{ Args: { "p_adjustment": string,"p_bars": Json,"p_feed": string,"p_provider": string,"p_symbol": string,"p_timeframe": string }; Returns: Json
                           },
"plan_work":
{ Args: { "p_windows"?: number }; Returns: Json
                           },
"read_series":
{ Args: { "p_limit"?: number,"p_offset"?: number,"p_symbol": string,"p_timeframe": string }; Returns: Json
                           },
"request_forecasts":
{ Args: { "p_horizon": string,"p_requested_by"?: string,"p_symbols": (string)[] }; Returns: string
                           },
"save_step":
{ Args: { "p_checkpoint": Json,"p_job_id": number,"p_lease_token": string,"p_progress": number }; Returns: undefined
                           },
"seed_ensemble":
{ Args: { "p_config_hash": string,"p_configuration": Json,"p_ensemble": string }; Returns: Json
                           },
"store_requested_forecast":
{ Args: { "p_artifact_id": number,"p_row": Json }; Returns: number
                           }
          }
          Enums: {
            [_ in never]: never
          }
          CompositeTypes: {
            [_ in never]: never
          }
        }
}

type DatabaseWithoutInternals = Omit<Database, '__InternalSupabase'>

type DefaultSchema = DatabaseWithoutInternals[Extract<keyof Database, "public">]

export type Tables<
  DefaultSchemaTableNameOrOptions extends
    | keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
        DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? (DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"] &
      DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Views"])[TableName] extends {
      Row: infer R
    }
    ? R
    : never
  : DefaultSchemaTableNameOrOptions extends keyof (DefaultSchema["Tables"] & DefaultSchema["Views"])
  ? (DefaultSchema["Tables"] & DefaultSchema["Views"])[DefaultSchemaTableNameOrOptions] extends {
      Row: infer R
    }
    ? R
    : never
  : never

export type TablesInsert<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Insert: infer I
    }
    ? I
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Insert: infer I
    }
    ? I
    : never
  : never

export type TablesUpdate<
  DefaultSchemaTableNameOrOptions extends
    | keyof DefaultSchema["Tables"]
    | { schema: keyof DatabaseWithoutInternals },
  TableName extends DefaultSchemaTableNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"]
    : never = never
> = DefaultSchemaTableNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaTableNameOrOptions["schema"]]["Tables"][TableName] extends {
      Update: infer U
    }
    ? U
    : never
  : DefaultSchemaTableNameOrOptions extends keyof DefaultSchema["Tables"]
  ? DefaultSchema["Tables"][DefaultSchemaTableNameOrOptions] extends {
      Update: infer U
    }
    ? U
    : never
  : never

export type Enums<
  DefaultSchemaEnumNameOrOptions extends
    | keyof DefaultSchema["Enums"]
    | { schema: keyof DatabaseWithoutInternals },
  EnumName extends DefaultSchemaEnumNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"]
    : never = never
> = DefaultSchemaEnumNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[DefaultSchemaEnumNameOrOptions["schema"]]["Enums"][EnumName]
  : DefaultSchemaEnumNameOrOptions extends keyof DefaultSchema["Enums"]
  ? DefaultSchema["Enums"][DefaultSchemaEnumNameOrOptions]
  : never

export type CompositeTypes<
  PublicCompositeTypeNameOrOptions extends
    | keyof DefaultSchema["CompositeTypes"]
    | { schema: keyof DatabaseWithoutInternals },
  CompositeTypeName extends PublicCompositeTypeNameOrOptions extends {
    schema: keyof DatabaseWithoutInternals
  }
    ? keyof DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"]
    : never = never
> = PublicCompositeTypeNameOrOptions extends { schema: keyof DatabaseWithoutInternals }
  ? DatabaseWithoutInternals[PublicCompositeTypeNameOrOptions["schema"]]["CompositeTypes"][CompositeTypeName]
  : PublicCompositeTypeNameOrOptions extends keyof DefaultSchema["CompositeTypes"]
  ? DefaultSchema["CompositeTypes"][PublicCompositeTypeNameOrOptions]
  : never

export const Constants = {
  "public": {
          Enums: {
            
          }
        }
} as const
