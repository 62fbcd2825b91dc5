import { describe, expect, it } from 'vitest';
import { evaluationTable } from '../../../src/cli/evaluate/evaluation-table.ts';
import { reportPage } from '../../../src/cli/evaluate/report-page/report-page.ts';
import { confidenceSetTable, symbolTestTable, TESTS_READING } from '../../../src/cli/evaluate/test-tables.ts';
import { exampleReport } from './report-page/example-report.ts';
import { readPage, tableNamed } from './report-page/page-elements.ts';

const report = exampleReport();
const [ensemble] = report.ensembles;

describe('the table of tests by symbol', () => {
  const { header, rows } = symbolTestTable(ensemble);

  it('has the p values of each test, by level', () => {
    expect(rows.map(([symbol]) => symbol)).toEqual(['AAPL', 'BRK.B', 'SPY']);
    expect(header.slice(4, 7)).toEqual([
      'Kupiec 50 80 90 95 %',
      'independence 50 80 90 95 %',
      'both 50 80 90 95 %',
    ]);
    expect(rows[0].slice(1, 7)).toEqual([
      ...['1000', '0.004', '0.200', '0.500 0.500 0.500 0.500', '0.400 0.400 0.400 0.400'],
      '0.300 0.300 0.300 0.300',
    ]);
  });

  it('names what stands after the adjustment, and nothing else', () => {
    expect(rows.map((row) => row.at(-1))).toEqual(['none', 'better than FHS, independence 90 %', 'none']);
  });

  it('says that a model is worse where it is, and leaves out what was not tested', () => {
    const worse = structuredClone(ensemble);
    worse.symbols[1].tests.models.ensemble.diebold_mariano!.mean_difference = 1e-5;
    worse.symbols[2].tests.models.ensemble.diebold_mariano = null;
    const found = symbolTestTable(worse).rows;
    expect(found[1].at(-1)).toBe('worse than FHS, independence 90 %');
    expect(found[2].slice(2, 4)).toEqual(['', '']);
  });
});

describe('the table of the model confidence set', () => {
  it('marks the models in the set, over all symbols and by symbol', () => {
    const { caption, header, rows } = confidenceSetTable(ensemble);
    expect(caption).toContain('the 90 % set');
    expect(header).toEqual(['model', 'all', 'AAPL', 'BRK.B', 'SPY']);
    expect(rows).toEqual([
      ['ensemble', '1.000*', '1.000*', '1.000*', '1.000*'],
      ['LSTM', '0.021', '0.400*', '0.021', '0.400*'],
    ]);
  });
});

describe('both tables', () => {
  it('stand in the text', () => {
    const text = evaluationTable(report);
    expect(text).toMatch(/\nLSTM {6}0\.021 {3}0\.400\* {2}0\.021 {3}0\.400\*\n/);
    expect(text).toMatch(/\nBRK\.B .* better than FHS, independence 90 %\n/);
    expect(text).toContain(TESTS_READING);
  });

  it('stand in the page', () => {
    const root = readPage(reportPage(report));
    for (const { caption, header, rows } of [symbolTestTable(ensemble), confidenceSetTable(ensemble)]) {
      expect(tableNamed(root, caption)).toEqual([header, ...rows]);
    }
  });
});
