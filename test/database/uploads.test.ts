// Whatever is uploaded over what: no bar goes without being counted.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refusalOf, rolledBack, type Transaction } from './support/rolled-back.ts';

/** Sessions in a row, and their bars of half sessions. */
const DATES = ['2025-03-03', '2025-03-04', '2025-03-05', '2025-03-06', '2025-03-07', '2025-03-10'];
const HALVES = DATES.slice(0, 4).flatMap((date) => [`${date}T14:30:00Z`, `${date}T18:30:00Z`]);

interface Upload {
  readonly timeframe: '1D' | '4h';
  /** Which of the bars it holds. */
  readonly places: readonly number[];
  /** Of its prices, but for the bar at `restated`. */
  readonly factor: number;
  readonly restated: number;
  readonly replace: boolean;
  /** How it comes: uploaded, or from a provider that was asked for what is new, or for all. */
  readonly door: 'upload' | 'recent' | 'whole';
}

const uploads = fc.array(
  fc.record({
    timeframe: fc.constantFrom('1D' as const, '1D' as const, '4h' as const),
    places: fc.uniqueArray(fc.nat(DATES.length - 1), { minLength: 1 }),
    factor: fc.constantFrom(1, 1, 0.5),
    restated: fc.nat(2 * DATES.length),
    replace: fc.boolean(),
    door: fc.constantFrom('upload' as const, 'upload' as const, 'recent' as const, 'whole' as const),
  }),
  { minLength: 1, maxLength: 6 },
);

const barsOf = ({ timeframe, places, factor, restated }: Upload) =>
  places
    .toSorted((a, b) => a - b)
    .map((place) => {
      const close = (10 + place) * (place === restated ? 0.9 : factor);
      return [(timeframe === '1D' ? DATES : HALVES)[place], close, close + 1, close - 1, close, 100];
    });

async function send(sql: Transaction, upload: Upload): Promise<{ deleted?: number }> {
  const { timeframe, replace, door } = upload;
  const bars = sql.json(barsOf(upload) as never);
  if (door === 'upload') {
    const [{ answer }] = await sql`
      select public.ingest_bars('UPLOADS', ${timeframe}, 'alpaca', 'iex', 'all', ${bars}, p_replace => ${replace}) as answer`;
    return answer;
  }
  const payload = {
    ...{ symbol: 'UPLOADS', timeframe },
    source: { provider: 'alpaca', feed: 'iex', adjustment: 'all' },
  };
  const [{ answer }] = await sql`
    select internal.store_ingestion(jsonb_populate_record(null::public.jobs, ${sql.json({ payload })}),
      jsonb_build_object('whole', ${door === 'whole'}::boolean, 'from', '2025-01-01', 'requests', 1, 'gaps', '[]'::jsonb,
        'bars', ${bars}::jsonb)) as answer`;
  return answer;
}

const stored = async (sql: Transaction) =>
  (
    await sql`
      select b.timeframe || ' ' || b.bar_time as bar, b.close from public.bars b
      join public.symbols s on s.id = b.symbol_id where s.symbol = 'UPLOADS' order by 1`
  ).map(({ bar, close }) => ({ bar: bar as string, close: close as number }));

class Undone extends Error {}

describe('uploads and fetched series, in whatever order', () => {
  it(
    'remove no bar that the answer does not count, and none at all unless they were told to replace',
    rolledBack(async (sql) => {
      await sql`insert into public.symbols (symbol) values ('UPLOADS') on conflict do nothing`;
      const property = fc.asyncProperty(uploads, async (sequence) => {
        try {
          await sql.savepoint(async (inner) => {
            for (const upload of sequence) {
              const before = await stored(inner);
              let answer: { deleted?: number } | undefined;
              const refusal = await refusalOf(inner, async (last) => {
                answer = await send(last, upload);
              }).catch((error: Error) => {
                if (error.message !== 'nothing was refused') throw error;
                return null;
              });
              const after = await stored(inner);
              if (refusal !== null) {
                expect(['restated_history', 'mixed_sources']).toContain(refusal.code);
                expect(after).toEqual(before);
                continue;
              }
              const kept = new Set(after.map(({ bar }) => bar));
              const gone = before.filter(({ bar }) => !kept.has(bar));
              const ofTimeframe = gone.filter(({ bar }) => bar.startsWith(upload.timeframe));
              expect(answer?.deleted ?? 0).toBe(ofTimeframe.length);
              // Bars of 8h go with the half sessions that they are made of.
              if (gone.length > 0) expect(ofTimeframe.length).toBeGreaterThan(0);
              if (!upload.replace || upload.door !== 'upload') expect(gone).toEqual([]);
            }
            throw new Undone();
          });
        } catch (error) {
          if (!(error instanceof Undone)) throw error;
        }
      });
      await fc.assert(property, { seed: 17, numRuns: 60 });
    }),
  );
});
