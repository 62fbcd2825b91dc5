import type { Json } from '../json.ts';
import type { MemberName } from '../models/forecaster.ts';
import {
  decodeScoredForecasts,
  encodeScoredForecasts,
  type ScoredForecasts,
} from '../scores/scored-forecasts.ts';

/** The scored forecasts of a stretch of test: the ensemble's by either way, and those of the members it had. */
export interface TestStretch {
  readonly simpleAverage: ScoredForecasts;
  readonly calibrated: ScoredForecasts;
  readonly members: Readonly<Partial<Record<MemberName, ScoredForecasts>>>;
}

/** As JSON, to the bit. */
export function encodeStretch({ simpleAverage, calibrated, members }: TestStretch): Json {
  return {
    simpleAverage: encodeScoredForecasts(simpleAverage),
    calibrated: encodeScoredForecasts(calibrated),
    members: Object.fromEntries(
      Object.entries(members).map(([name, own]) => [name, encodeScoredForecasts(own)]),
    ),
  };
}

/** The inverse of {@link encodeStretch}. */
export function decodeStretch(json: Json): TestStretch {
  const { simpleAverage, calibrated, members } = json as {
    readonly [Field in keyof TestStretch]: Json;
  };
  return {
    simpleAverage: decodeScoredForecasts(simpleAverage),
    calibrated: decodeScoredForecasts(calibrated),
    members: Object.fromEntries(
      Object.entries(members as { readonly [name: string]: Json }).map(([name, own]) => [
        name,
        decodeScoredForecasts(own),
      ]),
    ),
  };
}
