import { html, type Markup } from './markup.ts';
import { fraction, NONE, percent, ratio } from './number-text.ts';
import { table } from './table.ts';
import { type EnsemblePart, verdictOf, type WindowPart } from './window-points.ts';

/** How many windows were flagged, by symbol and in all. */
export function verdictCounts({ symbols, pooled }: EnsemblePart): Markup {
  const rows = [...symbols, { symbol: 'all', verdicts: pooled.verdicts }].map(({ symbol, verdicts }) => [
    symbol,
    verdicts.windows,
    verdicts.overfitting,
    verdicts.implausible,
    ...Object.values(verdicts.divergence_above),
    ...Object.values(verdicts.raw_divergence_above),
  ]);
  const above = (name: string) => ['0.15', '0.20', '0.30'].map((level) => `${name} > ${level}`);
  return table(
    'Windows by verdict, and by divergence and the raw measure',
    ['symbol', 'windows', 'overfitting', 'implausible', ...above('divergence'), ...above('raw')],
    rows,
  );
}

/** The windows that were flagged, with the reasons. */
export function flaggedWindows({ windows }: EnsemblePart): Markup {
  const flagged = windows.filter((window) => verdictOf(window) !== 'ok');
  if (flagged.length === 0) return html`<p>No window was flagged.</p>\n`;
  return table(
    'Flagged windows',
    ['symbol', 'window', 'test ends', 'verdict', 'divergence %', 'raw %', 'volatility shift', 'reasons'],
    flagged.map((window) => [
      window.symbol,
      window.window_id,
      window.last_bar_time.slice(0, 10),
      verdictOf(window),
      percent(window.overfitting.divergence),
      percent(window.overfitting.raw_divergence),
      window.overfitting.volatility_shift.toFixed(2),
      html`<ul>${window.overfitting.reasons.map((reason) => html`<li>${reason}</li>`)}</ul>`,
    ]),
  );
}

/** Every window in figures: what the plots show, for reading and copying. */
export function allWindows({ configuration, windows }: EnsemblePart): Markup {
  return html`<details>
<summary>${windows.length === 1 ? 'The window' : `All ${windows.length} windows`} in figures</summary>
${table(
  'All windows, the ensemble on test bars',
  WINDOW_HEADER,
  windows.map((window) => windowRow(window, configuration.weighting === 'calibrated')),
)}</details>
`;
}

const WINDOW_HEADER = [
  ...['symbol', 'window', 'first bar', 'cutoff', 'test ends', 'bars', 'RMSE train', 'RMSE val', 'RMSE test'],
  ...['RMSE / NC', 'MAE / NC', 'CRPS / FHS', 'log score', 'hits %', 'base %', 'cover 50 80 90 95 %'],
  ...['divergence %', 'CRPS divergence %', 'raw %', 'volatility shift', 'gap p', 'gap p CRPS', 'optimism p'],
  ...['optimism p CRPS', 'PBO', 'trials', 'mean factor', 'weights', 'verdict'],
];

function windowRow(window: WindowPart, isCalibrated: boolean) {
  const { calibration, overfitting, models } = window;
  const figures = models.ensemble;
  const shareOrNone = (share: number | null) => (share === null ? NONE : percent(share));
  const { selection_gap: gap, fit_optimism: optimism } = overfitting;
  return [
    window.symbol,
    window.window_id,
    ...[window.first_bar_time, window.data_cutoff, window.last_bar_time].map((time) => time.slice(0, 10)),
    figures.n,
    ...[window.train_rmse, window.val_rmse, window.test_rmse].map(fraction),
    ...[figures.rmse_ratio, figures.mae_ratio, figures.crps_ratio, figures.log_score_gain].map(ratio),
    shareOrNone(figures.directional_accuracy),
    shareOrNone(figures.base_rate),
    figures.coverage.map(({ share }) => percent(share)).join(' '),
    ...[overfitting.divergence, overfitting.crps_divergence, overfitting.raw_divergence].map(percent),
    overfitting.volatility_shift.toFixed(2),
    ...[gap.squared_error, gap.crps, optimism.squared_error, optimism.crps].map(({ p_value }) =>
      p_value.toFixed(3),
    ),
    overfitting.backtest_overfitting_probability?.toFixed(2) ?? NONE,
    overfitting.trials,
    window.mean_factor,
    isCalibrated
      ? weightsInWords(calibration.weights_at_start, calibration.weights_at_end)
      : weightsInWords(window.weights),
    verdictOf(window),
  ];
}

/** What the ensemble weighs its members by, and where they move during the test what it ends with. */
function weightsInWords(
  weights: Readonly<Record<string, number>>,
  last: Readonly<Record<string, number>> = weights,
): string {
  return Object.keys(weights)
    .map((member) => {
      const [from, to] = [weights[member].toFixed(2), last[member].toFixed(2)];
      return from === to ? `${member} ${from}` : `${member} ${from} to ${to}`;
    })
    .join(', ');
}
