import type { FileShape } from './file-shape.ts';

/** `date,close,high,low,open,volume,adjClose,...,divCash,splitFactor` of Tiingo; all but `adj...` is as it was traded then, volume too. */
export const tiingo: FileShape = {
  name: 'a Tiingo export',
  recognisedBy: [['adjclose', 'divcash', 'splitfactor']],
  columns: { splits: ['splitfactor'] },
};
