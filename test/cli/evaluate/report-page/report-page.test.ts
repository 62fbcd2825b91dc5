import { describe, expect, it } from 'vitest';
import { figuresRow } from '../../../../src/cli/evaluate/evaluation-table.ts';
import { reportPage } from '../../../../src/cli/evaluate/report-page/report-page.ts';
import { exampleReport } from './example-report.ts';
import { elements, figureNamed, type PageElement, readPage, tableNamed, textOf } from './page-elements.ts';

const report = exampleReport();
const [part] = report.ensembles;
const page = reportPage(report);
const root = readPage(page);

const CRPS_BY_SYMBOL = 'CRPS over that of filtered historical simulation, by symbol';
const CRPS_BY_DATE = 'CRPS over that of filtered historical simulation, by date';
const RMSE_BY_DATE = 'RMSE over that of no change, by date';
const DIVERGENCE = 'Divergence, and the raw measure beside it';
const COVERAGE = 'Coverage less its target';
const DIRECTION = 'Share of signs met, beside the share of days up';

/** Marks of windows in a figure: the words on hovering. */
const marks = (figure: PageElement) =>
  [...elements(figure, 'circle'), ...elements(figure, 'path')].map((mark) => textOf(mark));

describe('the page of a report', () => {
  it('is markup whose elements are closed and whose ids are its own', () => {
    expect(elements(root, 'html')[0].attributes.lang).toBe('en');
    const ids = ['section', 'h2', 'h3', 'svg', 'desc'].flatMap((name) =>
      elements(root, name).flatMap(({ attributes }) => attributes.id ?? []),
    );
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('needs nothing from elsewhere, and no script', () => {
    expect(page).not.toMatch(/<script|<link|<img|<iframe|@import|url\(|https?:|\shref=|\ssrc=|\son[a-z]+=/i);
    const policy = elements(root, 'meta').find(({ attributes }) => 'http-equiv' in attributes)!;
    expect(policy.attributes.content).toBe("default-src 'none'; style-src 'unsafe-inline'");
  });

  it('is the same text for the same report', () => {
    expect(reportPage(exampleReport())).toBe(page);
  });

  it('gives every plot a title, and words for who does not see it', () => {
    const figures = elements(root, 'figure');
    expect(figures.map((figure) => textOf(elements(figure, 'h3')[0]))).toEqual([
      ...[CRPS_BY_SYMBOL, CRPS_BY_DATE, COVERAGE, RMSE_BY_DATE, DIRECTION, DIVERGENCE],
    ]);
    for (const figure of figures) {
      const [svg] = elements(figure, 'svg');
      expect(svg.attributes.role).toBe('img');
      expect(svg.attributes['aria-labelledby']).toBe(elements(figure, 'h3')[0].attributes.id);
      const [description] = elements(figure, 'desc');
      expect(svg.attributes['aria-describedby']).toBe(description.attributes.id);
      expect(textOf(description).length).toBeGreaterThan(20);
      expect(textOf(elements(figure, 'figcaption')[0]).length).toBeGreaterThan(20);
    }
  });

  it('heads the columns and the rows of every table', () => {
    const tables = elements(root, 'table');
    expect(tables).toHaveLength(8);
    for (const table of tables) {
      const [header, ...rows] = elements(table, 'tr').map((row) =>
        row.children.filter((cell) => typeof cell !== 'string'),
      );
      expect(header.every(({ attributes }) => attributes.scope === 'col')).toBe(true);
      for (const row of rows) {
        expect(row).toHaveLength(header.length);
        expect(row[0]).toMatchObject({ name: 'th', attributes: { scope: 'row' } });
      }
    }
  });

  it('follows the light or dark of the system', () => {
    expect(textOf(elements(root, 'style')[0])).toContain('@media (prefers-color-scheme: dark)');
  });
});

describe('the figures of the page', () => {
  it('are those that the command prints, for every model and symbol', () => {
    const [, ...models] = tableNamed(root, 'Models, test bars pooled');
    expect(models).toEqual(
      Object.entries(part.pooled.models).map(([name, found]) => figuresRow(name, found)),
    );
    const [, ...symbols] = tableNamed(root, 'The ensemble by symbol');
    expect(symbols).toEqual(part.symbols.map(({ symbol, models }) => figuresRow(symbol, models.ensemble)));
  });

  it('are those of every window', () => {
    const [header, ...rows] = tableNamed(root, 'All windows, the ensemble on test bars');
    const column = (name: string) => rows.map((row) => row[header.indexOf(name)]);
    const of = (value: (window: (typeof part.windows)[number]) => string) => part.windows.map(value);
    expect(column('symbol')).toEqual(of(({ symbol }) => symbol));
    expect(column('window')).toEqual(of(({ window_id }) => String(window_id)));
    expect(column('CRPS / FHS')).toEqual(of(({ models }) => models.ensemble.crps_ratio.toFixed(4)));
    expect(column('RMSE / NC')).toEqual(of(({ models }) => models.ensemble.rmse_ratio.toFixed(4)));
    expect(column('RMSE test')).toEqual(of(({ test_rmse }) => test_rmse.toFixed(5)));
    expect(column('divergence %')).toEqual(
      of(({ overfitting }) => (100 * overfitting.divergence).toFixed(1)),
    );
    expect(column('raw %')).toEqual(of(({ overfitting }) => (100 * overfitting.raw_divergence).toFixed(1)));
    expect(column('gap p CRPS')).toEqual(
      of(({ overfitting }) => overfitting.selection_gap.crps.p_value.toFixed(3)),
    );
    expect(column('verdict')).toEqual(
      of(({ overfitting }) => (overfitting.is_overfitting ? 'overfitting' : 'ok')),
    );
  });

  it('are the weights that the ensemble went by', () => {
    const weights = (found: typeof report) => {
      const [header, ...rows] = tableNamed(
        readPage(reportPage(found)),
        'All windows, the ensemble on test bars',
      );
      return rows[0][header.indexOf('weights')];
    };
    expect(weights(report)).toBe('LSTM 0.50, ARIMA_GARCH 0.50');
    const learned = structuredClone(report);
    learned.ensembles[0].configuration.weighting = 'calibrated';
    expect(weights(learned)).toBe('LSTM 0.60 to 0.50, ARIMA_GARCH 0.40 to 0.50');
  });

  it.each([
    [CRPS_BY_SYMBOL, (window: (typeof part.windows)[number]) => window.models.ensemble.crps_ratio],
    [CRPS_BY_DATE, (window: (typeof part.windows)[number]) => window.models.ensemble.crps_ratio],
    [RMSE_BY_DATE, (window: (typeof part.windows)[number]) => window.models.ensemble.rmse_ratio],
  ])('stand in "%s" once a window', (title, value) => {
    const words = part.windows.map(
      (window) =>
        `${window.symbol} ${window.last_bar_time}: ${value(window).toFixed(4)}${window.overfitting.is_overfitting ? ', overfitting' : ''}`,
    );
    expect(marks(figureNamed(root, title)).sort()).toEqual(words.sort());
  });

  it('are where the marks are: as far along as their values', () => {
    const dots = elements(figureNamed(root, CRPS_BY_SYMBOL), 'circle').map((dot) => ({
      x: Number(dot.attributes.cx),
      value: Number(textOf(dot).split(': ')[1]),
    }));
    const [first, last] = [...dots]
      .sort((a, b) => a.value - b.value)
      .filter((_, i, all) => i % (all.length - 1) === 0);
    const perUnit = (last.x - first.x) / (last.value - first.value);
    expect(perUnit).toBeGreaterThan(0);
    for (const { x, value } of dots) {
      // The words round the value to 4 decimals.
      expect(Math.abs(first.x + perUnit * (value - first.value) - x)).toBeLessThan(perUnit * 1.1e-4 + 0.11);
    }
  });

  it('of each symbol stand in its own row', () => {
    const figure = figureNamed(root, CRPS_BY_SYMBOL);
    const rows = elements(figure, 'text', 'name').map((name) => ({
      symbol: textOf(name),
      y: Number(name.attributes.y) - 4,
    }));
    expect(rows.map(({ symbol }) => symbol)).toEqual(['AAPL', 'BRK.B', 'SPY', 'all']);
    for (const dot of elements(figure, 'circle')) {
      const row = rows.find(({ symbol }) => symbol === textOf(dot).split(' ')[0])!;
      expect(Number(dot.attributes.cy)).toBe(row.y);
    }
    expect(textOf(figure)).toContain(part.pooled.models.ensemble.crps_ratio.toFixed(4));
  });

  it('of divergence have lines at 15, 20 and 30 %, and the raw measure beside them', () => {
    const figure = figureNamed(root, DIVERGENCE);
    expect(elements(figure, 'line', 'threshold')).toHaveLength(6);
    for (const name of ['warning 15 %', 'overfitting 20 %', 'critical 30 %'])
      expect(textOf(figure)).toContain(name);
    expect(marks(figure)).toHaveLength(2 * part.windows.length);
    const beyond = part.windows.filter(({ overfitting }) => overfitting.raw_divergence > 1);
    expect(beyond.length).toBeGreaterThan(0);
    expect(elements(figure, 'path', 'above')).toHaveLength(beyond.length);
    expect(textOf(figure)).toContain(`${beyond.length} above the axis`);
  });

  it('of coverage are given with n, the terciles and the binomial bands', () => {
    const { coverage, n } = part.pooled.models.ensemble;
    const rows = tableNamed(
      root,
      `Coverage, per cent of ${n} test bars, with the half width of the binomial 95 % band`,
    ).slice(1);
    expect(rows).toEqual(
      coverage.map(({ level, share, by_tercile }) => [
        `${(100 * level).toFixed(1)} %`,
        ...[share, ...by_tercile].map((value) => (100 * value).toFixed(1)),
        `± ${(196 * Math.sqrt((level * (1 - level)) / n)).toFixed(2)}`,
        `± ${(196 * Math.sqrt((3 * level * (1 - level)) / n)).toFixed(2)}`,
      ]),
    );
    const figure = figureNamed(root, COVERAGE);
    expect([elements(figure, 'path', 'whole').length, elements(figure, 'circle', 'third').length]).toEqual([
      4, 12,
    ]);
    // Per cent of the axis: the band of a third is wider by the root of 3.
    const heights = (kind: string) =>
      elements(figure, 'rect', kind).map((box) => Number(box.attributes.height));
    heights('band-third').forEach((height, i) => {
      expect(height / heights('band')[i]).toBeCloseTo(Math.sqrt(3), 1);
    });
  });

  it('of direction stand beside the base rate, with their standard error', () => {
    const text = textOf(figureNamed(root, DIRECTION));
    for (const { symbol, models } of part.symbols) {
      const { directional_accuracy: hits, base_rate: base, n } = models.ensemble;
      const error = Math.sqrt((hits! * (1 - hits!)) / n);
      const words = [hits!, error, base!].map((share) => (100 * share).toFixed(1));
      expect(text).toContain(`${symbol} ${words[0]} ± ${words[1]}, up ${words[2]}`);
    }
  });

  it('name the flagged windows with their reasons, and count all', () => {
    const [header, ...rows] = tableNamed(root, 'Flagged windows');
    expect(rows).toHaveLength(1);
    expect(rows[0].slice(0, 4)).toEqual(['BRK.B', '5999', '2018-03-30', 'overfitting']);
    expect(rows[0][header.indexOf('reasons')]).toBe(
      'Divergence of RMSE 23.4 % is above its threshold of 20.0 %.',
    );
    const counts = tableNamed(root, 'Windows by verdict, and by divergence and the raw measure');
    expect(counts.at(-1)).toEqual(['all', '12', '1', '0', '1', '1', '0', '11', '11', '2']);
  });
});

describe('strings from elsewhere', () => {
  it('stay strings, wherever they stand', () => {
    const hostile = `</title></svg><script>alert("1")</script><b class='x' onload="y">&amp;`;
    const poisoned = structuredClone(report);
    const [bad] = poisoned.ensembles;
    Object.assign(poisoned, { code_version: hostile, created_at: hostile, from: hostile });
    Object.assign(bad, { config_hash: hostile });
    Object.assign(bad.symbols[0], { symbol: hostile });
    Object.assign(bad.windows[0], { symbol: hostile, weights: { [hostile]: 1 } });
    Object.assign(bad.windows[5].overfitting, { reasons: [hostile] });
    Object.assign(bad.pooled.models, { [hostile]: bad.pooled.models.LSTM });
    Object.assign(bad.configuration, { grids: { LSTM: [{ [hostile]: hostile }] } });
    const text = reportPage(poisoned);
    // Read strictly, it has the very elements that it has without them: none was added.
    const read = readPage(text);
    expect(elements(read, 'script')).toEqual([]);
    expect(elements(read, 'b')).toEqual([]);
    expect(elements(read, 'svg')).toHaveLength(elements(root, 'svg').length);
    expect(tableNamed(read, 'The ensemble by symbol')[1][0]).toBe(hostile);
    expect(tableNamed(read, 'Flagged windows')[1].at(-1)).toBe(hostile);
    expect(textOf(read)).toContain(`code ${hostile}`);
  });
});

describe('a report with nothing to see in places', () => {
  it('says so: no window flagged, no direction forecast', () => {
    const plain = structuredClone(report);
    const [only] = plain.ensembles;
    Object.assign(only.windows[5].overfitting, { is_overfitting: false, reasons: [] });
    for (const { models } of [...only.symbols, only.pooled, ...only.windows])
      Object.assign(models.ensemble, { directional_accuracy: null, base_rate: null });
    const read = readPage(reportPage(plain));
    expect(textOf(read)).toContain('No window was flagged.');
    expect(textOf(read)).toContain('No forecast had a direction.');
  });

  it('of one window still has axes', () => {
    const single = structuredClone(report);
    const [only] = single.ensembles;
    only.windows.splice(1);
    only.symbols.splice(1);
    const text = reportPage(single);
    expect(text).not.toMatch(/NaN|Infinity|undefined|null/);
    const byDate = figureNamed(readPage(text), CRPS_BY_DATE);
    expect(marks(byDate)).toHaveLength(1);
    expect(textOf(byDate)).toMatch(/^[^:]*1 window between/);
    // The window ends in March 2017.
    const labels = elements(byDate, 'text').map(textOf);
    expect(labels.filter((label) => /^20\d\d$/.test(label))).toEqual(['2017']);
  });

  it('of two ensembles has a section for each, with ids of its own', () => {
    const both = structuredClone(report);
    both.ensembles.push({ ...structuredClone(part), ensemble: 'baseline' });
    const read = readPage(reportPage(both));
    expect(elements(read, 'section').map(({ attributes }) => attributes['aria-labelledby'])).toEqual([
      'candidate-title',
      'baseline-title',
    ]);
    const ids = elements(read, 'h3').map(({ attributes }) => attributes.id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
