import { z } from 'zod';
import { commaSeparated } from '../../shared/contracts/comma-separated.ts';
import { symbolName } from './value-schemas.ts';

const secFiler = z.string().transform((entry, context) => {
  const [symbol, cik, more] = entry.split('=');
  const named = symbolName.safeParse(symbol);
  if (named.success && /^\d{1,10}$/.test(cik ?? '') && Number(cik) > 0 && more === undefined)
    return { symbol: named.data, cik: Number(cik) };
  context.addIssue({
    code: 'custom',
    message:
      "SYMBOL=CIK is what is expected, such as AAPL=320193; the CIK is the SEC's number of who files, of up to 10 digits",
  });
  return z.NEVER;
});

/** `SYMBOL=CIK` or several by comma. */
export const secFilers = commaSeparated(z.array(secFiler));
