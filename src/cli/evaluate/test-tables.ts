import type { EvaluationReport } from '../../shared/contracts/evaluation-report.ts';

type Ensemble = EvaluationReport['ensembles'][number];
type Tests = Ensemble['symbols'][number]['tests'];
type CoverageTests = Tests['models'][string]['coverage'][number];

/** A table as header and rows, for text and for HTML alike. */
export interface TestTable {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** Adjusted p values below are called findings. */
const LEVEL = 0.05;

const COVERAGE_TESTS = [
  { name: 'Kupiec', of: ({ kupiec }: CoverageTests) => kupiec },
  { name: 'independence', of: (tests: CoverageTests) => tests.christoffersen_independence },
  { name: 'both', of: (tests: CoverageTests) => tests.christoffersen_conditional },
] as const;

/** P values of the tests of the ensemble's forecasts, a symbol a row. */
export function symbolTestTable({ symbols }: Ensemble): TestTable {
  const levels = symbols[0].tests.models.ensemble.coverage
    .map(({ level }) => Math.round(100 * level))
    .join(' ');
  return {
    caption: 'Tests of the ensemble by symbol, p values',
    header: [
      ...['symbol', 'bars', 'DM to FHS', 'Holm'],
      ...COVERAGE_TESTS.map(({ name }) => `${name} ${levels} %`),
      `below ${LEVEL} by Holm`,
    ],
    rows: symbols.map(({ symbol, models, tests }) => {
      const { diebold_mariano: accuracy, coverage } = tests.models.ensemble;
      return [
        ...[symbol, String(models.ensemble.n), pText(accuracy?.p_value), pText(accuracy?.p_value_holm)],
        ...COVERAGE_TESTS.map(({ of }) => coverage.map((level) => pText(of(level).p_value)).join(' ')),
        findings(tests),
      ];
    }),
  };
}

/** What stands after the adjustment for how many tests were made; "none" where nothing does. */
function findings({ models }: Tests): string {
  const { diebold_mariano: accuracy, coverage } = models.ensemble;
  const found = [
    ...(accuracy !== null && accuracy.p_value_holm < LEVEL
      ? [accuracy.mean_difference < 0 ? 'better than FHS' : 'worse than FHS']
      : []),
    ...COVERAGE_TESTS.flatMap(({ name, of }) =>
      coverage
        .filter((level) => of(level).p_value_holm < LEVEL)
        .map(({ level }) => `${name} ${Math.round(100 * level)} %`),
    ),
  ];
  return found.length === 0 ? 'none' : found.join(', ');
}

/** The model confidence set by model: p values over all symbols and by symbol, a star where the model is in the set. */
export function confidenceSetTable({ pooled, symbols }: Ensemble): TestTable {
  const sets = [pooled.confidence_set, ...symbols.map(({ tests }) => tests.confidence_set)];
  return {
    caption: `Model confidence set of CRPS, p values; * is in the ${Math.round(100 * sets[0].level)} % set`,
    header: ['model', 'all', ...symbols.map(({ symbol }) => symbol)],
    rows: Object.keys(pooled.confidence_set.models).map((model) => [
      model,
      ...sets.map(({ models }) => `${pText(models[model].p_value)}${models[model].included ? '*' : ''}`),
    ]),
  };
}

/** How to read both. */
export const TESTS_READING =
  "DM: Diebold and Mariano's test of CRPS against FHS, two-sided. Kupiec: as many bars outside of each interval as promised; independence: a bar outside does\n" +
  'not make the next likelier; both at once (Christoffersen). Holm: adjusted for all symbols (and levels). The set holds the best model with its probability;\n' +
  'a model in it cannot be told from the best one.';

function pText(p: number | undefined): string {
  return p === undefined ? '' : p.toFixed(3);
}
