import { openAlertsSchema } from '../contracts/open-alerts.ts';
import { parse } from '../contracts/parse.ts';
import type { DivergenceReader, DivergenceSubject } from '../jobs/check-divergence.ts';
import type { PlumblineClient } from './client.ts';
import { unwrap } from './unwrap.ts';

/** Reads windows and alerts from the database. */
export function divergenceReader(store: PlumblineClient): DivergenceReader {
  return {
    async latestWindow({ symbol, horizon, configHash }: DivergenceSubject) {
      const row = unwrap(
        await store
          .from('ensemble_validation_metrics')
          .select('id, window_id, divergence, is_overfitting')
          .eq('symbol', symbol)
          .eq('horizon', horizon)
          .eq('hyperparameters->>config_hash', configHash)
          .order('window_id', { ascending: false })
          .limit(1)
          .single(),
      );
      const tests = unwrap(
        await store
          .from('overfitting_tests')
          .select('reasons, implausible_skill')
          .eq('metrics_id', row.id)
          .single(),
      );
      return {
        metricsId: row.id,
        windowId: row.window_id,
        divergence: row.divergence,
        isOverfitting: row.is_overfitting,
        isImplausible: tests.implausible_skill,
        reasons: tests.reasons,
      };
    },

    async openAlerts({ symbol, horizon, ensemble }: DivergenceSubject) {
      const rows = unwrap(
        await store
          .from('divergence_alerts')
          .select('id, level')
          .eq('symbol', symbol)
          .eq('horizon', horizon)
          .eq('ensemble', ensemble)
          .is('resolved_at', null),
      );
      return parse(openAlertsSchema, rows, `The alerts of ${symbol} ${horizon}`);
    },
  };
}
