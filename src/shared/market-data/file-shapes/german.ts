import type { FileShape } from './file-shape.ts';

/** Tables with German headings, such as Ariva's `Datum;Erster;Hoch;Tief;Schlusskurs;Stuecke;Volumen`, where `Volumen` is money. */
export const german: FileShape = {
  name: 'a German table',
  recognisedBy: [
    ['datum', 'hoch', 'tief', 'schluss'],
    ['datum', 'hoch', 'tief', 'schlusskurs'],
  ],
  columns: {
    date: ['datum'],
    open: ['eröffnung', 'eröffnungskurs', 'erster'],
    high: ['hoch'],
    low: ['tief'],
    close: ['schluss', 'schlusskurs'],
    volume: ['stuecke', 'stücke', 'volumen'],
  },
};
