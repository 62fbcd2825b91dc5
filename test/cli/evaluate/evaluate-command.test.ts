import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluationTable } from '../../../src/cli/evaluate/evaluation-table.ts';
import { reportPage } from '../../../src/cli/evaluate/report-page/report-page.ts';
import {
  type EvaluationReport,
  evaluationReportSchema,
} from '../../../src/shared/contracts/evaluation-report.ts';
import { QUANTILE_LEVELS } from '../../../src/shared/numerics/distributions/predictive-distribution.ts';
import { meanOf } from '../../../src/shared/numerics/mean.ts';
import { crpsFromQuantiles } from '../../../src/shared/scores/crps.ts';
import { dailyBars } from '../../shared/market-data/plain-bars.ts';
import { csvOf, simulatedHalfSessions } from '../../shared/models/half-session/simulated-half-sessions.ts';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-evaluate-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const root = fileURLToPath(new URL('../../..', import.meta.url));

async function evaluate(args: readonly string[], environment: Record<string, string> = {}) {
  const command = ['--import', 'tsx', 'src/cli/evaluate/evaluate.ts', ...args];
  const options = { cwd: root, env: { ...process.env, ...environment }, maxBuffer: 1e8 };
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, command, options);
    return { status: 0, stdout, stderr };
  } catch (error) {
    const { code, stdout, stderr } = error as { code: number; stdout: string; stderr: string };
    return { status: code, stdout, stderr };
  }
}

describe('npm run evaluate', () => {
  it('writes nothing over what it reads, and takes the calendar of a covariate', async () => {
    const bars = mkdtempSync(join(tmpdir(), 'plumbline-evaluate-inputs-'));
    try {
      const text = 'date,open,high,low,close,volume\n2024-11-25,9,9,9,9,1\n';
      for (const symbol of ['A', 'FX']) writeFileSync(join(bars, `${symbol}.csv`), text);
      const events = join(bars, 'events');
      writeFileSync(events, 'symbol,date\nA,2024-11-26\n');
      const args = ['--csv', bars, '--symbols', 'A', '--events', events];
      const over = await evaluate([...args, '--forecasts', events]);
      expect(over.stderr).toContain('error: invalid_argument: --forecasts');
      expect(readFileSync(events, 'utf8')).toBe('symbol,date\nA,2024-11-26\n');
      const beside = await evaluate([...args, '--covariates', 'FX', '--calendar', 'FX=weekdays']);
      expect(beside.stderr).toContain('error: too_few_bars');
    } finally {
      rmSync(bars, { recursive: true, force: true });
    }
  });

  it('validates the candidate and the baseline on the same windows, on worker threads, and writes the report whole', async () => {
    const out = join(directory, 'report.json');
    const page = join(directory, 'report.html');
    const forecasts = join(directory, 'forecasts.csv');
    const args = ['--to', '2006-01-03', '--ensemble', 'candidate,baseline', '--threads', '2', '--json'];
    // What is asked of the candidate leaves the baseline as it is.
    const environment = { ENSEMBLE_MODEL_COUNT: '3' };
    const { status, stdout, stderr } = await evaluate(
      [...args, '--out', out, '--html', page, '--forecasts', forecasts],
      environment,
    );
    expect(stderr).toMatch(
      /^candidate: 1 window of 1 symbol on 2 threads$.*^baseline: 1 window of 1 symbol on 2 threads$/ms,
    );
    expect(status).toBe(0);
    const written = evaluationReportSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
    expect(JSON.parse(stdout)).toEqual(written);
    expect(readFileSync(page, 'utf8')).toBe(reportPage(written));
    expect(readdirSync(directory).sort()).toEqual(['forecasts.csv', 'report.html', 'report.json']);

    const { ensembles } = written;
    expect(
      ensembles.map(({ ensemble, windows }) => [
        ensemble,
        ...windows.map(({ symbol, window_id, last_bar_time }) => [symbol, window_id, last_bar_time]),
      ]),
    ).toEqual([
      ['candidate', ['SPX', 1508, '2006-01-03']],
      ['baseline', ['SPX', 1508, '2006-01-03']],
    ]);
    const members = ensembles.map(({ windows }) => Object.keys(windows[0].weights));
    expect(members).toEqual([
      ['LSTM', 'ARIMA_GARCH', 'GB'],
      ['LSTM', 'ARIMA_GARCH', 'GB', 'TRANSFORMER'],
    ]);
    for (const { pooled } of ensembles) {
      expect(pooled.models.ensemble.n).toBe(250);
      expect(pooled.models.ensemble.rmse_ratio).toBeGreaterThan(0.98);
      expect(pooled.models.ensemble.crps_ratio).toBeLessThan(1.02);
    }
    expect(ensembles[1].pooled.models.TRANSFORMER.crps_ratio).toBeLessThan(1.02);
    expect(ensembles[0].pooled.models.fhs).toEqual(ensembles[1].pooled.models.fhs);
    expect(evaluationTable(written)).toMatch(/^candidate, 1D.*^baseline, 1D.*^TRANSFORMER /ms);
    expectSameScores(readFileSync(forecasts, 'utf8'), written);
  });

  /** Who reads the file of forecasts finds the report's own figures. */
  function expectSameScores(csv: string, { ensembles }: EvaluationReport): void {
    const [header, ...lines] = csv.trimEnd().split('\n');
    const names = header.split(',');
    const rows = lines
      .map((line) => line.split(','))
      .map((cells) => new Map(cells.map((cell, c) => [names[c], cell])));
    for (const { ensemble, pooled, configuration } of ensembles) {
      for (const [model, { n, crps, rmse }] of Object.entries(pooled.models)) {
        const own = rows.filter((row) => row.get('ensemble') === ensemble && row.get('model') === model);
        expect({ model, rows: own.length }).toEqual({ model, rows: n });
        const realised = own.map((row) => Number(row.get('realised')));
        const errors = Float64Array.from(own, (row, i) => realised[i] - Number(row.get('mean')));
        expect(Math.sqrt(meanOf(errors.map((error) => error * error)))).toBeCloseTo(rmse, 8);
        const scores = Float64Array.from(own, (row, i) =>
          crpsFromQuantiles(
            Float64Array.from(QUANTILE_LEVELS, (level) => Number(row.get(`q${level}`))),
            realised[i],
          ),
        );
        expect(meanOf(scores)).toBeCloseTo(crps, 8);
        const isCombination = model === 'ensemble' || model === 'calibrated';
        const weights = Object.keys(configuration.weights).map((member) => own[0].get(`weight_${member}`));
        expect({ model, weighed: weights.every((weight) => Number(weight) > 0) }).toEqual({
          model,
          weighed: isCombination,
        });
        expect(own[0].get('cutoff')! < own[0].get('date')!).toBe(true);
      }
    }
    expect(rows.length).toBe(
      ensembles.reduce((sum, { pooled }) => sum + 250 * Object.keys(pooled.models).length, 0),
    );
  }

  it('refuses too few bars, and leaves no report', async () => {
    const out = join(directory, 'none.json');
    const { status, stdout, stderr } = await evaluate(['--to', '2003-01-01', '--out', out]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: too_few_bars_for_window: SPX 1D: There are \d+ bars, .*1500/m);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    ['--out', join('nowhere', 'report.json'), 'nowhere does not exist'],
    ['--html', '.', 'not the name of a file'],
  ])('refuses %s "%s", which cannot be written, before it begins', async (option, name, reason) => {
    const { status, stdout, stderr } = await evaluate(['--to', '2006-12-29', option, join(directory, name)]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(new RegExp(`^error: unwritable_file: ${option} .*${reason}\\n$`));
  });

  it('says which window failed and why', async () => {
    const header = 'date,open,high,low,close,volume\n';
    // Grows by the same share every day: prices that differ, and returns that do not.
    const lines = dailyBars('2010-01-04', 1500).map(({ time }, i) => {
      const price = 100 * 1.001 ** i;
      return [time, price, price, price, price, 1].join(',');
    });
    writeFileSync(join(directory, 'EVEN.csv'), `${header}${lines.join('\n')}\n`);
    const { status, stderr } = await evaluate(['--csv', directory, '--symbols', 'EVEN']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: constant_series: EVEN 1D window 1499: /);
  });

  it.each([
    ['4h', 750, '2021-01-05T14:30:00Z'],
    ['8h', 1253, '2021-01-08T14:30:00Z'],
  ] as const)(
    'validates half sessions over %s, and names a symbol that is refused beside them',
    async (horizon, bars, first) => {
      const half = mkdtempSync(join(directory, 'half-'));
      const text = csvOf(simulatedHalfSessions(4, bars));
      writeFileSync(join(half, 'SIM_4hs.csv'), text);
      const lines = text.split('\n');
      const [time, ...row] = lines[500].split(',');
      lines[500] = [time, ...row.slice(0, 4).map((price) => 100 * Number(price)), row[4]].join(',');
      writeFileSync(join(half, 'BAD_4hs.csv'), lines.join('\n'));
      const out = join(half, 'report.json');
      const args = ['--csv', half, '--symbols', 'BAD,SIM', '--horizon', horizon, '--out', out];
      const { status, stdout, stderr } = await evaluate(args);
      expect(stderr).toContain('candidate: 1 window of 1 symbol on ');
      expect(stderr).toMatch(/^error: implausible_price: .*BAD_4hs\.csv: BAD: the close moves from .*100/m);
      expect(status).toBe(1);
      const report = evaluationReportSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
      expect(stdout).toContain(evaluationTable(report));
      expect(report.horizon).toBe(horizon);
      expect(report.refused).toMatchObject([{ symbol: 'BAD', code: 'implausible_price' }]);
      const [window] = report.ensembles[0].windows;
      expect(window.first_bar_time).toBe(first);
      const ninety = window.models.ensemble.coverage.find(({ level }) => level === 0.9)!;
      expect(ninety.share).toBeGreaterThan(0.8);
      for (const share of ninety.by_position ?? []) expect(share).toBeGreaterThan(0.75);
      expect(ninety.by_position === undefined).toBe(horizon === '8h');
    },
  );

  it('refuses half sessions that are none, with file and line', async () => {
    const half = mkdtempSync(join(directory, 'clock-'));
    writeFileSync(
      join(half, 'SIM_4hs.csv'),
      'date,open,high,low,close,volume\n2024-06-03T16:00:00Z,1,1,1,1,1\n',
    );
    const { status, stderr } = await evaluate(['--csv', half, '--horizon', '4h']);
    expect(status).toBe(1);
    expect(stderr).toContain(`error: not_a_half_session: ${join(half, 'SIM_4hs.csv')}: Line 2`);
  });

  it('refuses the baseline under the name of the candidate, and says how to ask for it', async () => {
    const { status, stderr } = await evaluate([], { ENSEMBLE_MODEL_COUNT: '4' });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: contradictory_environment: .*--ensemble baseline/);
  });
});
