/** What an Edge Function may take; the hosted platform's own limits are above these. */
export const LIMITS = {
  /** CPU seconds of one step of a job. */
  stepSeconds: 1,
  /** The same of a request that is not cut into steps; hosted 2. */
  requestSeconds: 2,
  /** Megabytes in memory; hosted 256. */
  memoryMegabytes: 128,
  /** The same while the legacy baseline of four models is fitted. */
  baselineMegabytes: 200,
  /** CPU seconds of a whole live fit of one symbol, and what is aimed at. */
  liveFitSeconds: 3,
  liveFitStretchSeconds: 2,
  /** CPU milliseconds until a function would serve. */
  coldStartMilliseconds: 150,
  /** Megabytes of a function's bundle; hosted 5 when the server bundles. */
  bundleMegabytes: 5,
} as const;
