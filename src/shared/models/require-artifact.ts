import { FitError } from '../errors/fit-error.ts';
import type { Json } from '../json.ts';

/** An artifact's fields, which are still to be checked. @throws FitError `invalid_artifact` when it is of another model or version */
export function requireArtifact(
  artifact: Json,
  name: string,
  version: number,
): { readonly [field: string]: unknown } {
  const fields = (artifact ?? {}) as { readonly [field: string]: unknown };
  if (fields.name === name && fields.version === version) return fields;
  throw new FitError(
    'invalid_artifact',
    `Not an artifact of ${name}, version ${version}: ${fields.name}, version ${fields.version}`,
  );
}
