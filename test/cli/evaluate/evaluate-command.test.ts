import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { reportPage } from '../../../src/cli/evaluate/report-page/report-page.ts';
import { evaluationReportSchema } from '../../../src/shared/contracts/evaluation-report.ts';

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
  it('validates every window on worker threads, and writes the report whole', async () => {
    const out = join(directory, 'report.json');
    const page = join(directory, 'report.html');
    const { status, stdout, stderr } = await evaluate([
      '--to',
      '2006-12-29',
      '--threads',
      '2',
      '--out',
      out,
      '--html',
      page,
      '--json',
    ]);
    expect(stderr).toContain('candidate: 2 windows of 1 symbols on 2 threads');
    expect(status).toBe(0);
    const written = evaluationReportSchema.parse(JSON.parse(readFileSync(out, 'utf8')));
    expect(JSON.parse(stdout)).toEqual(written);
    expect(readFileSync(page, 'utf8')).toBe(reportPage(written));
    expect(readdirSync(directory).sort()).toEqual(['report.html', 'report.json']);
    const { pooled, windows } = written.ensembles[0];
    expect(windows.map(({ symbol, window_id, last_bar_time }) => [symbol, window_id, last_bar_time])).toEqual(
      [
        ['SPX', 1508, '2006-01-03'],
        ['SPX', 1758, '2006-12-29'],
      ],
    );
    expect(pooled.models.ensemble.n).toBe(500);
    expect(pooled.models.ensemble.rmse_ratio).toBeGreaterThan(0.98);
    expect(pooled.models.ensemble.crps_ratio).toBeLessThan(1.02);
  }, 60_000);

  it('refuses too few bars, and leaves no report', async () => {
    const out = join(directory, 'none.json');
    const { status, stdout, stderr } = await evaluate(['--to', '2003-01-01', '--out', out]);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
    expect(stderr).toMatch(/^error: too_few_bars_for_window: .*1500/);
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
    const day = (i: number) => new Date(Date.UTC(2010, 0, 1 + i)).toISOString().slice(0, 10);
    const lines = Array.from({ length: 1500 }, (_, i) => `${day(i)},7,7,7,7,1`);
    writeFileSync(join(directory, 'FLAT.csv'), `${header}${lines.join('\n')}\n`);
    const { status, stderr } = await evaluate(['--csv', directory, '--symbols', 'FLAT']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: constant_series: FLAT 1D window 1499: /);
  });

  it('refuses an ensemble with a member that this version does not have', async () => {
    const { status, stderr } = await evaluate(['--ensemble', 'baseline']);
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error: member_not_available: /);
  });
});
