/** A peer's name in the report. */
export type LstmPeer = 'PyTorch' | 'tfjs-wasm';

/** One epoch of training of a network of a size. */
export interface LstmCase {
  /** Of the workers. */
  readonly id: string;
  readonly name: string;
  readonly note?: string;
  readonly hidden: number;
  readonly layers: number;
  readonly lookback: number;
  readonly samples: number;
  /** How many times faster ours must be in Deno; null where nothing is promised. */
  readonly peers: readonly { readonly peer: LstmPeer; readonly target: number | null }[];
}

/** Samples of an epoch. */
const SAMPLES = 1000;

/** What `npm run bench -- lstm` compares. */
export const LSTM_CASES: readonly LstmCase[] = [
  {
    id: 'lstm-16-20',
    name: 'LSTM, 16 units, lookback 20',
    ...{ hidden: 16, layers: 1, lookback: 20, samples: SAMPLES },
    peers: [{ peer: 'PyTorch', target: 6 }],
  },
  {
    id: 'lstm-32-20',
    name: 'LSTM, 32 units, lookback 20',
    ...{ hidden: 32, layers: 1, lookback: 20, samples: SAMPLES },
    peers: [
      { peer: 'PyTorch', target: 3 },
      { peer: 'tfjs-wasm', target: 25 },
    ],
  },
  {
    id: 'lstm-32-60',
    name: 'LSTM, 32 units, lookback 60',
    ...{ hidden: 32, layers: 1, lookback: 60, samples: SAMPLES },
    peers: [
      { peer: 'PyTorch', target: 4 },
      { peer: 'tfjs-wasm', target: 25 },
    ],
  },
  {
    id: 'lstm-64x2-60',
    name: 'LSTM, 2 layers of 64 units, lookback 60',
    ...{ hidden: 64, layers: 2, lookback: 60, samples: SAMPLES },
    peers: [{ peer: 'PyTorch', target: 1.2 }],
  },
  {
    id: 'lstm-64x2-60-short',
    name: 'LSTM, 2 layers of 64 units, lookback 60, 128 samples',
    note: 'fewer samples, since an epoch of 1,000 takes tfjs-wasm above ten seconds; nothing is promised at this size',
    ...{ hidden: 64, layers: 2, lookback: 60, samples: 128 },
    peers: [{ peer: 'tfjs-wasm', target: null }],
  },
];

/** The workers' name for what our kernel is measured against: multiplications and additions alone. */
export const PEAK_CASE = 'multiply-add-peak';
