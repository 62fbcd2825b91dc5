import { describe, expect, it } from 'vitest';
import { BAR_CASES } from './support/bar-cases.ts';
import { EXPORT_SHAPES, HARMLESS, ROUNDED_VOLUMES } from './support/export-shapes.ts';
import { goodBars } from './support/good-bars.ts';
import { LAST_SESSION, takeBars } from './support/take-bars.ts';

const good = (count: number, seed = 1) => goodBars({ count, until: LAST_SESSION, seed });

describe('a file of bars', () => {
  it.each(BAR_CASES.map((one) => [one.name, one.right.is, one] as const))(
    'with %s is %s',
    (_name, _is, { text, bars = 400, right }) => {
      const { taken, refused } = takeBars(text(good(bars)));
      const notes = taken?.notes.map(({ message }) => message) ?? [];
      if (right.is === 'told') {
        expect(refused?.message ?? notes.join('. ')).toMatch(right.says);
        return;
      }
      if (right.is === 'refused') {
        expect(refused?.message ?? `taken with ${notes.length} notes: ${notes}`).toMatch(right.says);
        return;
      }
      expect(refused).toBeNull();
      if (right.notes === undefined) expect(notes).toEqual([]);
      else expect(notes.join('. ')).toMatch(right.notes);
      expect(taken!.reading.rounded).toBe(right.rounded ?? 0);
    },
  );

  it('with 30 wrong rows tells of the first 20 and how many there are', () => {
    const lines = EXPORT_SHAPES[0].text(good(100)).split('\n');
    const { refused } = takeBars(
      lines.map((line, i) => (i > 10 && i <= 40 ? line.replace(/,[^,]*,/, ',0,') : line)).join('\n'),
    );
    expect(refused?.message).toMatch(/\b30\b/);
    expect(refused?.message.match(/[Ll]ine \d+/g)).toHaveLength(20);
  });

  it('with wrong rows outside of --from and --to is read', () => {
    const bars = good(200);
    const lines = EXPORT_SHAPES[0].text(bars).split('\n');
    const text = lines
      .map((line, i) => (i > 0 && i <= 40 ? line.replace(/,[^,]*,/, ',0,') : line))
      .join('\n');
    expect(takeBars(text).refused?.message).toMatch(/\b40\b/);
    const { taken, refused } = takeBars(text, { from: bars[40].time });
    expect(refused).toBeNull();
    expect(taken!.bars).toEqual(bars.slice(40));
    expect(taken!.reading.leftOut).toBe(40);
    expect(takeBars(text, { from: bars[39].time }).refused).not.toBeNull();
  });
});

describe('a file as it is exported', () => {
  it.each(EXPORT_SHAPES.map((shape) => [shape.name, shape] as const))(
    'by %s is read, and says as what',
    (name, { text, readAs }) => {
      const bars = good(300);
      const { taken, refused } = takeBars(text(bars));
      expect(refused).toBeNull();
      // As written: 2.03M.
      const round = (volume: number | null) => Math.round((volume ?? 0) / 1e4) * 1e4;
      const expected = ROUNDED_VOLUMES.has(name)
        ? bars.map((bar) => ({ ...bar, volume: round(bar.volume) }))
        : bars;
      expect(taken!.bars).toEqual(expected);
      expect(taken!.reading.readAs).toMatch(readAs);
      expect(taken!.reading.adjustment).toBeNull();
      expect([taken!.notes, taken!.reading.notes]).toEqual([[], []]);
    },
  );

  it.each(
    EXPORT_SHAPES.flatMap((shape) =>
      Object.entries(HARMLESS).map(([what, harmless]) => [shape.name, what, shape, harmless] as const),
    ),
  )('by %s is read with %s', (_name, _what, { text }, harmless) => {
    const bars = good(60);
    const { taken, refused } = takeBars(harmless(text(bars)));
    expect(refused).toBeNull();
    expect(taken!.bars.map(({ close }) => close)).toEqual(bars.map(({ close }) => close));
    expect(taken!.bars.map(({ time }) => time)).toEqual(bars.map(({ time }) => time));
  });

  it('with two columns named Close is refused as ambiguous', () => {
    const rows = good(60).map((b) =>
      [b.time, b.open, b.high, b.low, b.close, b.close * 0.9, b.volume].join(','),
    );
    const { refused } = takeBars(['Date,Open,High,Low,Close,Close,Volume', ...rows].join('\n'));
    expect(refused?.message).toMatch(/twice/);
    expect(refused?.message).toMatch(/close/i);
  });

  it('with days that could be months is refused, unless another date decides', () => {
    const row = (date: string, close = 10) => `${date},10,11,9,${close},100`;
    const header = 'Date,Open,High,Low,Close,Volume';
    const undecided = takeBars([header, row('03/04/2025'), row('04/04/2025')].join('\n'));
    expect(undecided.refused?.message).toMatch(/03\/04\/2025/);
    const decided = takeBars(
      [header, row('10/04/2025'), row('11/04/2025', 10.5), row('14/04/2025', 10.2)].join('\n'),
    );
    expect(decided.taken?.bars.map(({ time }) => time)).toEqual(['2025-04-10', '2025-04-11', '2025-04-14']);
  });

  it('with dates of both orders is refused', () => {
    const row = (date: string) => `${date},10,11,9,10,100`;
    const text = ['Date,Open,High,Low,Close,Volume', row('14/04/2025'), row('04/15/2025')].join('\n');
    expect(takeBars(text).refused).not.toBeNull();
  });

  it('with Adj Close uses it, scales the other prices alike, and says so', () => {
    const bars = good(300);
    // A dividend of 2.8 % half-way.
    const factor = (i: number) => (i < 150 ? 0.972 : 1);
    const rows = bars.map((b, i) =>
      [b.time, b.open, b.high, b.low, b.close, (b.close * factor(i)).toFixed(6), b.volume].join(','),
    );
    const { taken, refused } = takeBars(['Date,Open,High,Low,Close,Adj Close,Volume', ...rows].join('\n'));
    expect(refused).toBeNull();
    expect(taken!.reading.adjustment).toBe('all');
    expect(`${taken!.reading.readAs} ${taken!.reading.notes.join(' ')}`).toMatch(/Adj Close/);
    for (const i of [0, 149, 150, 299]) {
      for (const column of ['open', 'high', 'low', 'close'] as const)
        expect(taken!.bars[i][column] / bars[i][column]).toBeCloseTo(factor(i), 6);
    }
  });
});
