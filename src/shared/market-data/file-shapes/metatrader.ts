import type { FileShape } from './file-shape.ts';

/** `<DATE> <OPEN> <HIGH> <LOW> <CLOSE> <TICKVOL> <VOL> <SPREAD>` of MetaTrader 5, between tabs; dates as `2021.09.24`. */
export const metatrader: FileShape = {
  name: 'a MetaTrader export',
  recognisedBy: [['date', 'tickvol', 'spread']],
};
