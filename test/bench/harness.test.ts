import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  againstBound,
  type BenchReport,
  compareRounds,
  exitStatus,
  median,
  missedTargets,
  withoutPeer,
} from '../../bench/harness/bench-result.ts';
import { benchTable } from '../../bench/harness/bench-table.ts';
import { compareMeasured } from '../../bench/harness/compare-measured.ts';
import { runForJson } from '../../bench/harness/deno-command.ts';
import { findOnPath } from '../../bench/harness/find-on-path.ts';
import { TimingWorker } from '../../bench/harness/timing-worker.ts';

const directory = mkdtempSync(join(tmpdir(), 'plumbline-bench-test-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('comparing rounds', () => {
  it('takes medians, and the ratio of the medians', () => {
    const result = compareRounds(
      { case: 'c', peer: 'p', target: 10 },
      [2, 1, 30, 2, 3],
      [20, 40, 30, 10, 50],
    );
    expect(result).toEqual({
      case: 'c',
      peer: 'p',
      target: 10,
      ours: 2,
      peer_value: 30,
      unit: 'ms',
      ratio: 15,
      met: true,
      ratio_range: [1, 40],
    });
    expect(compareRounds({ case: 'c', peer: 'p', target: 16 }, [2], [30]).met).toBe(false);
    expect(compareRounds({ case: 'c', peer: 'p', target: null }, [2], [30]).met).toBeNull();
    expect(() => compareRounds({ case: 'c', peer: 'p', target: 1 }, [2], [])).toThrow(RangeError);
  });

  it('without a peer there are figures and no promise', () => {
    expect(withoutPeer({ case: 'c' }, [3, 1, 2])).toMatchObject({
      case: 'c',
      ours: 2,
      peer: null,
      met: null,
    });
  });

  it('a bound is kept by the median, or nothing is promised', () => {
    const step = { case: 'step', unit: 's', target: 1, stretch: 0.5 } as const;
    expect(againstBound(step, [0.9, 1.2, 1])).toEqual({
      ...step,
      ours: 1,
      peer: null,
      peer_value: null,
      ratio: null,
      met: true,
    });
    expect(againstBound(step, [0.9, 1.2, 1.01]).met).toBe(false);
    expect(againstBound({ ...step, target: null }, [9]).met).toBeNull();
  });

  it('each of our runtimes stands beside each peer, and only Deno has promises to keep', () => {
    const measured = (milliseconds: number, loss: number) => ({
      milliseconds: [milliseconds],
      found: { loss, [`only ${milliseconds}`]: 1 },
    });
    const throughput = { gflops: 10, peak_gflops: 40, share: 0.25 };
    const ours = [
      { runtime: 'Deno', throughput, ...measured(2, 0.5) },
      { runtime: 'Node', ...measured(4, 0.5) },
    ];
    const peers = [{ peer: 'p', target: 9, ...measured(20, 0.75) }];
    const results = compareMeasured({ name: 'n', note: 'as promised' }, ours, peers);
    expect(results).toMatchObject([
      { case: 'n (Deno)', peer: 'p', ratio: 10, target: 9, met: true, throughput, note: 'as promised' },
      { case: 'n (Node)', peer: 'p', ratio: 5, target: null, met: null },
    ]);
    for (const { agreement } of results) {
      expect(agreement).toEqual([{ quantity: 'loss', ours: 0.5, peer: 0.75 }]);
    }
    expect(compareMeasured({ name: 'n' }, ours, [])).toMatchObject([
      { case: 'n (Deno)', ours: 2, peer: null, met: null, throughput },
      { case: 'n (Node)', ours: 4, peer: null, met: null },
    ]);
  });

  it('the median of an even number is the mean of the two in the middle', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5);
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('a report', () => {
  const common = { peer: null, peer_value: null, unit: 'ms', ratio: null } as const;
  const report: BenchReport = {
    bench: 'statistics',
    machine: { cores: 2 },
    peers: [
      { peer: 'statsmodels', version: '0.13.5', skipped: null },
      { peer: 'arch', version: null, skipped: 'python3 does not find it' },
    ],
    results: [
      compareRounds(
        {
          case: 'ARIMA',
          peer: 'statsmodels',
          target: 10,
          throughput: { gflops: 10, peak_gflops: 40, share: 0.25 },
        },
        [4],
        [60],
      ),
      compareRounds({ case: 'GARCH', peer: 'fGarch', target: 20 }, [4], [60]),
      { case: 'cold', ours: 420, ...common, target: 400, met: false, note: 'all threads' },
      againstBound({ case: 'memory', unit: 'MB', target: 128, stretch: 64 }, [99]),
      { case: 'raw', ours: 600, ...common, target: null, met: null },
    ],
  };

  it('is strict about targets only', () => {
    expect(missedTargets([report]).map((result) => result.case)).toEqual(['GARCH', 'cold']);
  });

  it('fails the command when a target is missed that is strict, or enforced anyway', () => {
    const met: BenchReport = { ...report, results: [] };
    expect(exitStatus([report], false)).toBe(0);
    expect(exitStatus([report], true)).toBe(1);
    expect(exitStatus([met, { ...report, enforced: true }], false)).toBe(1);
    expect(exitStatus([{ ...met, enforced: true }, report], false)).toBe(0);
    expect(exitStatus([met], true)).toBe(0);
  });

  it('reads as a table that names what was skipped', () => {
    const table = benchTable(report);
    expect(table).toMatch(/ARIMA +4\.00 ms +statsmodels +60\.00 ms +15\.0 x .*at least 10 x +met/);
    expect(table).toMatch(/GARCH .*MISSED/);
    expect(table).toMatch(/cold +420 ms .*at most 400 ms +MISSED/);
    expect(table).toContain('skipped: arch (python3 does not find it)');
    expect(table).toContain('cold: all threads');
    expect(table).toMatch(/memory +99\.00 MB +at most 128 MB, better 64 +met/);
    expect(table).toContain('ARIMA: 10.0 of 40.0 GFLOP/s, 25 %');
  });
});

describe('a timing worker', () => {
  const script = (name: string, text: string) => {
    const path = join(directory, name);
    writeFileSync(path, text);
    return path;
  };

  it('greets, then answers one line with another', async () => {
    const path = script(
      'echo.mjs',
      `import { createInterface } from 'node:readline';
       console.log(JSON.stringify({ version: 'v', cases: ['a'], calibration_ns: 1 }));
       for await (const line of createInterface({ input: process.stdin })) {
         console.log(JSON.stringify({ seconds: Number(line.split(' ')[1]), calls: 1, found: {} }));
       }`,
    );
    const worker = new TimingWorker('echo', process.execPath, [path]);
    expect((await worker.greeting()).cases).toEqual(['a']);
    expect((await worker.time('a', 0.25)).seconds).toBe(0.25);
    expect((await worker.time('a', 0.5)).seconds).toBe(0.5);
    worker.end();
    await expect(worker.time('a', 1)).rejects.toThrow('echo ended');
  });

  it('that ends says what it wrote to standard error', async () => {
    const path = script('broken.mjs', `console.error('no such module: x'); process.exit(3);`);
    const worker = new TimingWorker('broken', process.execPath, [path]);
    await expect(worker.greeting()).rejects.toThrow(/broken ended: .*no such module: x/s);
    await expect(new TimingWorker('absent', join(directory, 'none'), []).greeting()).rejects.toThrow(
      'absent ended',
    );
  });
});

it('a process gives the document of its last line, and its failure is an error', () => {
  const run = (code: string) => runForJson({ command: process.execPath, args: ['-e', code] }, { GIVEN: '7' });
  expect(run(`console.log('a log line'); console.log('{"given":' + process.env.GIVEN + '}')`)).toEqual({
    given: 7,
  });
  expect(() => run('process.exit(3)')).toThrow();
});

it('finds every executable of a name on the path, in its order', () => {
  const [first, second, third] = ['one', 'two', 'three'].map((name) =>
    mkdtempSync(join(directory, `${name}-`)),
  );
  for (const place of [first, third]) {
    writeFileSync(join(place, 'peer'), '#!/bin/sh\n');
    chmodSync(join(place, 'peer'), 0o755);
  }
  writeFileSync(join(second, 'peer'), 'not executable', { mode: 0o644 });
  const path = [first, '', second, third, first].join(delimiter);
  expect(findOnPath('peer', path)).toEqual([join(first, 'peer'), join(third, 'peer')]);
  expect(findOnPath('peer', '')).toEqual([]);
});
