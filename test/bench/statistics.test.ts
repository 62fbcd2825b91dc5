import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { benchBars, RETURNS } from '../../bench/harness/bench-series.ts';
import { denoCommand } from '../../bench/harness/deno-command.ts';
import { TimingWorker } from '../../bench/harness/timing-worker.ts';
import { COMPARISONS } from '../../bench/statistics/comparisons.ts';
import { OUR_CASES } from '../../bench/statistics/our-cases.ts';
import { logReturns } from '../../src/shared/series/log-returns.ts';
import { columnsFromBars } from '../../src/shared/series/series.ts';

const root = resolve(import.meta.dirname, '../..');
const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));
const now = '2030-01-01T00:00:00Z';

describe('the statistics bench', () => {
  it('uses the last 1,001 bars through 2019, or those of a file', () => {
    const bars = benchBars(undefined, now);
    expect(bars).toHaveLength(RETURNS + 1);
    expect(bars.at(-1)!.time).toBe('2019-12-31');
    const file = join(directory, 'bars.csv');
    const header = 'date,open,high,low,close,volume';
    const lines = bars.map((bar) => [bar.time, bar.open, bar.high, bar.low, bar.close, bar.volume].join(','));
    writeFileSync(file, [header, ...lines].join('\n'));
    expect(benchBars(file, now)).toEqual(bars);
    writeFileSync(file, [header, ...lines.slice(1)].join('\n'));
    expect(() => benchBars(file, now)).toThrow(/needs 1001 daily bars/);
  });

  it('has a case of ours for every comparison, and a promise for every one', () => {
    expect(COMPARISONS.map(({ ours }) => ours)).toEqual(Object.keys(OUR_CASES));
    for (const { peers } of COMPARISONS) expect(peers.some(({ target }) => target !== null)).toBe(true);
  });

  it('times the same fits in Deno as in Node', async () => {
    const returns = logReturns(columnsFromBars('T', '1D', benchBars(undefined, now)).close);
    const percent = Array.from(returns.subarray(0, 300), (value) => 100 * value);
    const file = join(directory, 'returns.json');
    writeFileSync(file, JSON.stringify(percent));
    const script = join(root, 'bench/statistics/our-worker.ts');
    const deno = denoCommand(script, [file]);
    const workers = [
      new TimingWorker('Deno', deno.command, deno.args),
      new TimingWorker('Node', process.execPath, ['--import', 'tsx', script, file]),
    ];
    try {
      for (const worker of workers) {
        const { cases, calibration_ns, version } = await worker.greeting();
        expect(cases).toEqual(Object.keys(OUR_CASES));
        expect(calibration_ns).toBeGreaterThan(0);
        expect(version).toContain(worker.name);
      }
      for (const [name, ourCase] of Object.entries(OUR_CASES)) {
        const expected = ourCase(Float64Array.from(percent));
        expect(Number.isFinite(expected)).toBe(true);
        for (const worker of workers) {
          const timing = await worker.time(name, 0);
          expect(timing.found).toEqual({ 'log-likelihood': expected });
          expect(timing.calls).toBe(1);
          expect(timing.seconds).toBeGreaterThan(0);
        }
      }
    } finally {
      for (const worker of workers) worker.end();
    }
  });

  it('refuses a bench, or a number of rounds, that it does not have', () => {
    const run = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', 'tsx', 'bench/run.ts', ...args], {
        cwd: root,
        encoding: 'utf8',
      });
    const unknown = run('nonsense');
    expect(unknown.status).toBe(2);
    expect(unknown.stderr).toMatch(/takes NAME\.\.\., one of statistics, lstm, .*, not "nonsense"/);
    expect(run('statistics', '--rounds', '3').stderr).toMatch(
      /--rounds "3" is not valid: it is a whole number of at least 5/,
    );
  });
});
