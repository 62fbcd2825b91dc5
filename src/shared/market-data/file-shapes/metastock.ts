import type { FileShape } from './file-shape.ts';

/** `<TICKER>,<DTYYYYMMDD>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>` of MetaStock and of who exports for it. */
export const metastock: FileShape = {
  name: 'a MetaStock export',
  recognisedBy: [['ticker', 'dtyyyymmdd']],
  columns: { date: ['dtyyyymmdd'] },
};
