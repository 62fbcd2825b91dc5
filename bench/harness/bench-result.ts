/** What a figure is in: a megabyte is 1,000,000 bytes. */
export type Unit = 'ms' | 's' | 'MB' | '%' | 'days' | 'steps/s' | 'ticks';

/** A quantity that ours and the peer both found, so that it shows whether they solved the same problem. */
export interface Agreement {
  readonly quantity: string;
  readonly ours: number;
  readonly peer: number;
}

/** How much of what the core can do is made use of: billions of floating point operations a second. */
export interface Throughput {
  readonly gflops: number;
  /** Multiplications and additions that depend on nothing but themselves, measured on the same core in the same rounds. */
  readonly peak_gflops: number;
  /** `gflops / peak_gflops` */
  readonly share: number;
}

/** One comparison. */
export interface BenchResult {
  readonly case: string;
  /** Ours, in `unit`: the median over the rounds; smaller is better. */
  readonly ours: number;
  /** Whom ours is compared with; null where the target is a bound of its own. */
  readonly peer: string | null;
  /** The peer's median, in `unit`. */
  readonly peer_value: number | null;
  readonly unit: Unit;
  /** `peer_value / ours`: how many times faster ours is. */
  readonly ratio: number | null;
  /** Of `ratio` where there is a peer (at least this), else of `ours` (at most this); null where nothing is promised. */
  readonly target: number | null;
  /** Where it is given, `target` is of `ours`, peer or not, and this says which way. */
  readonly direction?: 'at most' | 'at least';
  /** Null without a target. */
  readonly met: boolean | null;
  /** The smallest and largest ratio of a round. */
  readonly ratio_range?: readonly [number, number];
  readonly agreement?: readonly Agreement[];
  readonly throughput?: Throughput;
  /** Whether missing the target is a failure even where nobody asked to be strict. */
  readonly enforced?: true;
  /** A bound below `target` that is aimed at and not promised. */
  readonly stretch?: number;
  /** What exactly was measured, where the case's name does not say it. */
  readonly note?: string;
}

/** What a peer is, or why it was not measured. */
export interface PeerStatus {
  readonly peer: string;
  /** Null when it was not found. */
  readonly version: string | null;
  /** Why it was skipped; null when it was not. */
  readonly skipped: string | null;
}

/** A table of figures as text. */
export interface ReportTable {
  readonly title: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** What one run of a bench found. */
export interface BenchReport {
  readonly bench: string;
  readonly machine: Readonly<Record<string, string | number | null>>;
  readonly peers: readonly PeerStatus[];
  readonly results: readonly BenchResult[];
  /** What the results sum up. */
  readonly tables?: readonly ReportTable[];
  /** Whether a missed target is a failure even where nobody asked to be strict; default false. */
  readonly enforced?: boolean;
}

/** Compares rounds of ours with the peer's rounds that ran between them. */
export function compareRounds(
  description: Pick<BenchResult, 'case' | 'target' | 'agreement' | 'throughput' | 'note'> & {
    readonly peer: string;
  },
  ours: readonly number[],
  peers: readonly number[],
): BenchResult {
  if (ours.length !== peers.length || ours.length === 0) {
    throw new RangeError(`Rounds come in pairs, at least one: got ${ours.length} and ${peers.length}`);
  }
  const ratios = ours.map((value, round) => peers[round] / value);
  const ratio = median(peers) / median(ours);
  const { target } = description;
  return {
    ...description,
    ours: median(ours),
    peer_value: median(peers),
    unit: 'ms',
    ratio,
    met: target === null ? null : ratio >= target,
    ratio_range: [Math.min(...ratios), Math.max(...ratios)],
  };
}

/** Ours alone, where no peer is there to compare with: nothing is promised then. */
export function withoutPeer(
  description: Pick<BenchResult, 'case' | 'throughput' | 'note'>,
  ours: readonly number[],
): BenchResult {
  return {
    ...description,
    ours: median(ours),
    peer: null,
    peer_value: null,
    unit: 'ms',
    ratio: null,
    target: null,
    met: null,
  };
}

/**
 * A figure of ours against a bound of its own, or without one.
 *
 * @param target at most this; null where nothing is promised
 */
export function againstBound(
  description: Pick<BenchResult, 'case' | 'unit' | 'target' | 'stretch' | 'note'>,
  ours: readonly number[],
): BenchResult {
  const { target } = description;
  const figure = median(ours);
  return {
    ...description,
    ours: figure,
    peer: null,
    peer_value: null,
    ratio: null,
    met: target === null ? null : figure <= target,
  };
}

/**
 * A share in percent against a bound of its own, beside what a peer has.
 *
 * @param peer null where there is none that could be compared
 */
export function shareAgainstBound(
  description: Pick<BenchResult, 'case' | 'note'> & {
    readonly direction: 'at most' | 'at least';
    readonly target: number;
  },
  ours: number,
  peer: { readonly peer: string; readonly value: number } | null,
): BenchResult {
  const { direction, target } = description;
  return {
    ...description,
    ours,
    peer: peer?.peer ?? null,
    peer_value: peer?.value ?? null,
    unit: '%',
    ratio: null,
    met: direction === 'at most' ? ours <= target : ours >= target,
  };
}

/** The status that the command ends with: 1 when a target was missed that is strict, or is enforced anyway; else 0. */
export function exitStatus(reports: readonly BenchReport[], strict: boolean): 0 | 1 {
  const failures = reports.flatMap((report) =>
    missedTargets([report]).filter(({ enforced }) => strict || report.enforced === true || enforced === true),
  );
  return failures.length > 0 ? 1 : 0;
}

/** Results whose target was missed. What was not measured has missed nothing: `peers` says what was skipped. */
export function missedTargets(reports: readonly BenchReport[]): BenchResult[] {
  return reports.flatMap(({ results }) => results).filter(({ met }) => met === false);
}

/** The middle value, or the mean of the two in the middle. @throws RangeError without values */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('There is no median of no values');
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
}
