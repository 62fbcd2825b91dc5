import { canonicalJson } from '../canonical-json.ts';
import { InvalidInputError } from '../errors/invalid-input-error.ts';
import type { EnsembleConfiguration } from './ensemble-configuration.ts';

/** FNV-1a with 64 bits (Fowler, Noll and Vo). */
const OFFSET_BASIS = 0xcbf29ce484222325n;
const PRIME = 0x100000001b3n;

/**
 * The `config_hash` of a configuration: 16 hexadecimal digits.
 *
 * FNV-1a over the UTF-8 bytes of its canonical JSON, whose keys are sorted at every depth: the order in which a
 * configuration was written down does not matter, its values do. It tells configurations apart and protects nothing.
 *
 * @throws InvalidInputError `invalid_configuration` for a number that is not finite
 */
export function configurationHash(configuration: EnsembleConfiguration): string {
  requireFinite(configuration);
  let hash = OFFSET_BASIS;
  for (const byte of new TextEncoder().encode(canonicalJson(configuration))) {
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * PRIME);
  }
  return hash.toString(16).padStart(16, '0');
}

function requireFinite(value: unknown): void {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new InvalidInputError(
      'invalid_configuration',
      `A configuration holds ${value}: numbers must be finite`,
    );
  }
  if (value !== null && typeof value === 'object')
    for (const entry of Object.values(value)) requireFinite(entry);
}
