import type { EvaluationReport, Figures } from '../../shared/contracts/evaluation-report.ts';
import { counted } from '../../shared/wording/counted.ts';
import { fixed } from '../fixed.ts';
import { textTable } from '../text-table.ts';
import { evaluationHeading } from './evaluation-heading.ts';
import { confidenceSetTable, symbolTestTable, TESTS_READING, type TestTable } from './test-tables.ts';

/** The report as tables that a person can read: pooled by model, then the ensemble by symbol. */
export function evaluationTable(report: EvaluationReport): string {
  return report.ensembles
    .map((part) => {
      const { ensemble, config_hash, pooled, symbols } = part;
      const { windows, overfitting, implausible, divergence_above, raw_divergence_above } = pooled.verdicts;
      const share = (count: number) => `${((100 * count) / windows).toFixed(1)} %`;
      return [
        [
          `${ensemble}, ${report.horizon}, configuration ${config_hash}: ${counted(symbols.length, 'symbol')}, ${counted(windows, 'window')}, test bars pooled`,
          ...evaluationHeading(report, part).map(([term, text]) => `${term}: ${text}`),
        ].join('\n'),
        textTable(
          figuresHeader('model', pooled.models.ensemble),
          Object.entries(pooled.models).map(([model, figures]) => figuresRow(model, figures)),
        ),
        'The ensemble by symbol',
        textTable(
          figuresHeader('symbol', pooled.models.ensemble),
          symbols.map(({ symbol, models }) => figuresRow(symbol, models.ensemble)),
        ),
        [
          `verdicts: ${overfitting} of ${counted(windows, 'window')} overfitting (${share(overfitting)}), ${implausible} implausible;`,
          `divergence above 0.15, 0.20, 0.30 in ${Object.values(divergence_above).map(share).join(', ')};`,
          `the raw |val - test| / val in ${Object.values(raw_divergence_above).map(share).join(', ')};`,
          `windows of a symbol together: ${symbolsFound(symbols, 'is_overfitting')} overfitting, ${symbolsFound(symbols, 'is_implausible')} implausible`,
        ].join(' '),
        READING,
        testTable(symbolTestTable(part)),
        testTable(confidenceSetTable(part)),
        TESTS_READING,
      ].join('\n\n');
    })
    .join('\n\n\n');
}

function testTable({ caption, header, rows }: TestTable): string {
  return `${caption}\n\n${textTable(header, rows)}`;
}

/** "none", or the symbols' names. */
function symbolsFound(
  symbols: EvaluationReport['ensembles'][number]['symbols'],
  finding: 'is_overfitting' | 'is_implausible',
): string {
  const found = symbols.filter(({ overfitting }) => overfitting[finding]);
  return found.length === 0 ? 'none' : found.map(({ symbol }) => symbol).join(' ');
}

/** The columns of {@link figuresRow}. @param first what a row is about @param sample any of the rows' figures */
export const figuresHeader = (first: string, sample: Figures): string[] => [
  first,
  'bars',
  'RMSE / NC',
  'MAE / NC',
  'hits',
  'base',
  'CRPS / FHS',
  't',
  'log score',
  'P5 / FHS',
  'P95 / FHS',
  'cover 50 80 90 95 %',
  '90 % calm mid storm',
  ...(ninetyOf(sample).by_position === undefined ? [] : ['90 % first second half']),
  ...(ninetyOf(sample).on_events === undefined ? [] : ['90 % on events']),
];

function ninetyOf(figures: Figures): Figures['coverage'][number] {
  return figures.coverage.find(({ level }) => level === 0.9)!;
}

/** How to read the columns. */
export const READING =
  'RMSE and MAE over those of no change (NC); hits: share of signs met, beside the share of days up; CRPS and the 5 and 95 % pinball losses\n' +
  "over those of filtered historical simulation (FHS), t of the CRPS difference with days as clusters; log score: mean log density less FHS's.";

const signed = (text: string) => (text.startsWith('-') ? text : `+${text}`);

/** A model's or a symbol's figures as they are printed. */
export function figuresRow(name: string, figures: Figures): string[] {
  const percent = (share: number | null) => (share === null ? '' : (100 * share).toFixed(1));
  const ninety = ninetyOf(figures);
  return [
    name,
    String(figures.n),
    figures.rmse_ratio.toFixed(4),
    figures.mae_ratio.toFixed(4),
    percent(figures.directional_accuracy),
    percent(figures.base_rate),
    figures.crps_ratio.toFixed(4),
    figures.crps_t === null ? '' : fixed(figures.crps_t, 1),
    signed(fixed(figures.log_score_gain, 4)),
    figures.pinball_05_ratio.toFixed(4),
    figures.pinball_95_ratio.toFixed(4),
    figures.coverage.map(({ share }) => percent(share)).join(' '),
    ninety.by_tercile.map(percent).join(' '),
    ...(ninety.by_position === undefined ? [] : [ninety.by_position.map(percent).join(' ')]),
    ...(ninety.on_events === undefined ? [] : [percent(ninety.on_events)]),
  ];
}
