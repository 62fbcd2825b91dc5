/** How a file writes numbers: what separates the decimals. The other sign separates thousands. */
export type DecimalSign = '.' | ',';

/** What a number tells of the sign of decimals: one for sure; nothing; or a comma or dot before exactly three digits, which may be both. */
type Evidence = DecimalSign | 'none' | 'comma_of_three' | 'dot_of_three';

/** Currency signs, and the K, M, B and T of volumes. */
const DECORATION = /^[$€£¥]|[$€£¥KMBT]$/gi;
const PLAIN = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;
/** Thousands may stand in groups of three, or of two before the last one, as in India. */
const GROUPED: Readonly<Record<DecimalSign, RegExp>> = {
  '.': /^[+-]?\d{1,3}(?:(?:,\d{2,3})*,\d{3}|(?:['’ \u00a0\u202f]\d{3})+)?(?:\.\d*)?$/,
  ',': /^[+-]?\d{1,3}(?:(?:\.\d{2,3})*\.\d{3}|(?:['’ \u00a0\u202f]\d{3})+)?(?:,\d*)?$/,
};
const WITH_COMMA = /^[+-]?\d*,\d+$/;
const POWERS: Readonly<Record<string, number>> = { K: 3, M: 6, B: 9, T: 12 };

/**
 * The sign of decimals in numbers of one file: what most of those tell that can mean only one thing. A point where none tells.
 *
 * @returns null when it cannot be told: commas before exactly three digits, and nothing else that decides
 */
export function decimalSignOf(numbers: Iterable<string>): DecimalSign | null {
  const count = { '.': 0, ',': 0, none: 0, comma_of_three: 0, dot_of_three: 0 };
  for (const number of numbers) count[evidenceOf(number)]++;
  if (count['.'] + count[','] > 0) return count['.'] >= count[','] ? '.' : ',';
  return count.comma_of_three > 0 ? null : '.';
}

function evidenceOf(written: string): Evidence {
  const dots = written.indexOf('.');
  const commas = written.indexOf(',');
  if (dots < 0 && commas < 0) return 'none';
  // Most numbers of most files, without a look at every character.
  if (commas < 0 && written.length - dots !== 4 && !written.includes('.', dots + 1)) return '.';
  const text = written.replaceAll(DECORATION, '').trim();
  if (!/^[+-]?[\d.,'’ \u00a0\u202f]+$/.test(text)) return 'none';
  if (dots >= 0 && commas >= 0) return text.lastIndexOf('.') > text.lastIndexOf(',') ? '.' : ',';
  const sign: DecimalSign = dots >= 0 ? '.' : ',';
  const parts = text.split(sign);
  // What is there twice separates thousands.
  if (parts.length > 2) return sign === '.' ? ',' : '.';
  const couldBeThousands = parts[1].length === 3 && /^[+-]?[1-9]\d{0,2}$/.test(parts[0]);
  if (!couldBeThousands) return sign;
  return sign === '.' ? 'dot_of_three' : 'comma_of_three';
}

/** The number that a text says; NaN when it says none. A currency sign and separators of thousands are no obstacle. */
export function readNumber(written: string, decimal: DecimalSign): number {
  if (decimal === '.' && PLAIN.test(written)) return Number(written);
  const text = written.replaceAll(/^[$€£¥]\s*|\s*[$€£¥]$/g, '');
  if (PLAIN.test(text) && (decimal === '.' || !text.includes('.'))) return Number(text);
  if (decimal === ',' && WITH_COMMA.test(text)) return Number(text.replace(',', '.'));
  if (!GROUPED[decimal].test(text)) return Number.NaN;
  const joined = text.replaceAll(/['’ \u00a0\u202f]/g, '').replaceAll(decimal === '.' ? ',' : '.', '');
  return Number(joined.replace(',', '.'));
}

const NO_VOLUME = /^(|-|--|—|null|nan|none|n\/a|na)$/i;

/** A volume, which may be written as `2.03M`; null where a source says that it has none; NaN for anything else. */
export function readVolume(written: string, decimal: DecimalSign): number | null {
  if (NO_VOLUME.test(written)) return null;
  const power = POWERS[written.at(-1)!.toUpperCase()];
  if (power === undefined) return readNumber(written, decimal);
  const number = readNumber(written.slice(0, -1).trim(), decimal);
  // 2.03 * 1e6 is 2029999.9999999998.
  return Number.isNaN(number) ? number : Number(`${number}e${power}`);
}
