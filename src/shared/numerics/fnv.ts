/** FNV-1a with 32 bits (Fowler, Noll and Vo): what hashing begins with. */
export const FNV_OFFSET_BASIS = 0x811c9dc5;

/** The hash with one value more, of up to 32 bits: other values give other hashes. Signed; `>>> 0` makes it a number from 0 on. */
export function fnv(hash: number, value: number): number {
  return Math.imul(hash ^ value, 0x01000193);
}

/** A hash as 8 hexadecimal digits. */
export function fnvDigits(hash: number): string {
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** The hash with a text more, by its UTF-16 units. */
export function fnvText(hash: number, text: string): number {
  let longer = hash;
  for (let i = 0; i < text.length; i++) longer = fnv(longer, text.charCodeAt(i));
  return longer;
}
