import { alphaVantage } from './alpha-vantage.ts';
import type { FileShape } from './file-shape.ts';
import { german } from './german.ts';
import { investing } from './investing.ts';
import { metastock } from './metastock.ts';
import { metatrader } from './metatrader.ts';
import { nasdaq } from './nasdaq.ts';
import { plain } from './plain.ts';
import { stooq } from './stooq.ts';
import { tiingo } from './tiingo.ts';
import { tradingView } from './tradingview.ts';
import { yahoo } from './yahoo.ts';

// To add a shape: copy `nasdaq.ts`, name the columns that tell it from the others and those that are called otherwise, and add it here,
// before `plain`. Dates, decimal commas, currency signs and the order of rows are recognised in every shape.

/** The known shapes. A file is read as the first that it is recognised as. */
export const FILE_SHAPES: readonly FileShape[] = [
  ...[stooq, metastock, metatrader, nasdaq, investing, german, alphaVantage, tiingo, yahoo],
  // These have nothing of their own.
  ...[tradingView, plain],
];
