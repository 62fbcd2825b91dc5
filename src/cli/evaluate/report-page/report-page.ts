import type { EvaluationReport } from '../../../shared/contracts/evaluation-report.ts';
import { counted } from '../../../shared/wording/counted.ts';
import { evaluationHeading } from '../evaluation-heading.ts';
import { figuresHeader, figuresRow, READING } from '../evaluation-table.ts';
import { confidenceSetTable, symbolTestTable, TESTS_READING, type TestTable } from '../test-tables.ts';
import { coveragePlot, coverageTable } from './coverage-plot.ts';
import { directionPlot } from './direction-plot.ts';
import { divergencePlot } from './divergence-plot.ts';
import { html, type Markup } from './markup.ts';
import { ratioByDate, ratioBySymbol } from './ratio-plots.ts';
import { STYLES } from './styles.ts';
import { table } from './table.ts';
import { allWindows, flaggedWindows, verdictCounts } from './verdict-tables.ts';
import type { EnsemblePart } from './window-points.ts';

/**
 * The report as one HTML page that needs nothing else: no script, no network, plots as inline SVG with text alternatives, light
 * or dark as the reader's system is. The tables hold the figures that the plots show, as `npm run evaluate` prints them.
 */
export function reportPage(report: EvaluationReport): string {
  const names = report.ensembles.map(({ ensemble }) => ensemble).join(', ');
  const title = `Walk-forward evaluation: ${names}, ${report.horizon}`;
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${STYLES}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${circumstances(report)}
${report.ensembles.map((part) => section(report, part))}
</main>
</body>
</html>
`.text;
}

function circumstances({ code_version, created_at, sizes, from, to }: EvaluationReport): Markup {
  return html`<dl>
<dt>made</dt><dd>${created_at}, code ${code_version}</dd>
<dt>bars</dt><dd>${from ?? 'the first'} to ${to ?? 'the last'}</dd>
<dt>windows</dt><dd>${sizes.train} bars train, ${sizes.validation} validation, ${sizes.test} test; a window every ${sizes.step}</dd>
</dl>`;
}

function section(report: EvaluationReport, part: EnsemblePart): Markup {
  const { config_hash, configuration, ensemble, pooled, symbols, windows } = part;
  const id = (name: string) => `${ensemble}-${name}`;
  return html`<section aria-labelledby="${id('title')}">
<h2 id="${id('title')}">${ensemble}</h2>
<p>${counted(symbols.length, 'symbol')}, ${counted(windows.length, 'window')}, ${counted(pooled.models.ensemble.n, 'test bar')}. Configuration ${config_hash}.</p>
<dl>
${evaluationHeading(report, part).map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}
</dl>
${table(
  'Models, test bars pooled',
  figuresHeader('model', pooled.models.ensemble),
  Object.entries(pooled.models).map(([model, figures]) => figuresRow(model, figures)),
)}
${table(
  'The ensemble by symbol',
  figuresHeader('symbol', pooled.models.ensemble),
  symbols.map(({ symbol, models }) => figuresRow(symbol, models.ensemble)),
)}
<p class="soft">${READING}</p>
${ratioBySymbol(part, 'crps_ratio', id('crps'))}
${ratioByDate(part, 'crps_ratio', id('crps'))}
${coveragePlot(part, id('coverage'))}
${coverageTable(part)}
${testTable(symbolTestTable(part))}
${testTable(confidenceSetTable(part))}
<p class="soft">${TESTS_READING}</p>
${ratioByDate(part, 'rmse_ratio', id('rmse'))}
${directionPlot(part, id('direction'))}
${divergencePlot(part, id('divergence'))}
${verdictCounts(part)}
${flaggedWindows(part)}
${allWindows(part)}
<details><summary>Configuration</summary><pre>${JSON.stringify(configuration, null, 2)}</pre></details>
</section>
`;
}

function testTable({ caption, header, rows }: TestTable): Markup {
  return table(caption, header, rows);
}
