import fc from 'fast-check';
import type { Json } from '../../src/shared/json.ts';

type Path = readonly (string | number)[];

/** The places of everything that is in a document, the document itself first. */
function placesIn(value: Json, path: Path = []): Path[] {
  if (value === null || typeof value !== 'object') return [path];
  return [path, ...Object.entries(value).flatMap(([key, entry]) => placesIn(entry, [...path, key]))];
}

function at(value: Json, path: Path): Json {
  return path.reduce<Json>((inside, key) => (inside as Record<string | number, Json>)[key], value);
}

/** A copy in which one place has another value; undefined: it is missing. */
function changedAt(value: Json, path: Path, to: Json | undefined): Json | undefined {
  if (path.length === 0) return to;
  const copy = structuredClone(value);
  const holder = at(copy, path.slice(0, -1)) as Record<string | number, Json>;
  const key = path[path.length - 1];
  if (to !== undefined) holder[key] = to;
  else if (Array.isArray(holder)) holder.splice(Number(key), 1);
  else delete holder[key];
  return copy;
}

/** What a field may have become. */
const anything = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom<Json>(null, true, 0, -1, 1e308, '', 'x', '////', [], {}, [null], { version: 2 }),
  fc.string(),
);

/** A text with one bit flipped, of the first eight of a character. */
function flipped(text: string, place: number, bit: number): string {
  const i = place % text.length;
  return text.slice(0, i) + String.fromCharCode(text.charCodeAt(i) ^ (1 << bit)) + text.slice(i + 1);
}

/** What a stored document may have become: a field that is missing or another, a text that was cut, a bit that was flipped. */
export function damages(document: Json): fc.Arbitrary<Json> {
  const places = placesIn(document);
  const texts = places.filter((path) => {
    const value = at(document, path);
    return typeof value === 'string' && value !== '';
  });
  const text = fc.constantFrom(...texts);
  const inText = (change: (text: string, place: number, bit: number) => string) =>
    fc
      .tuple(text, fc.nat(), fc.nat(7))
      .map(([path, place, bit]) =>
        changedAt(document, path, change(at(document, path) as string, place, bit)),
      );
  const written = JSON.stringify(document);
  return fc
    .oneof(
      {
        weight: 3,
        arbitrary: fc
          .tuple(fc.constantFrom(...places), anything)
          .map(([path, to]) => changedAt(document, path, to)),
      },
      { weight: 2, arbitrary: inText(flipped) },
      { weight: 1, arbitrary: inText((value, place) => value.slice(0, place % value.length)) },
      // Of the document as it is written down: what is no JSON any more no database has.
      {
        weight: 2,
        arbitrary: fc.tuple(fc.nat(), fc.nat(6)).map(([place, bit]) => {
          try {
            return JSON.parse(flipped(written, place, bit)) as Json;
          } catch {
            return undefined;
          }
        }),
      },
    )
    .filter((damaged): damaged is Json => damaged !== undefined && JSON.stringify(damaged) !== written);
}
