import type { FileShape } from './file-shape.ts';

/** `time,open,high,low,close,Volume` of TradingView; `time` in seconds since 1970, or ISO 8601, and further columns of indicators. */
export const tradingView: FileShape = {
  name: 'a TradingView export',
  recognisedBy: [['time', 'open', 'close']],
  without: ['date', 'timestamp'],
};
