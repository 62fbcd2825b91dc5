import type { FileShape } from './file-shape.ts';

/**
 * `"Date","Price","Open","High","Low","Vol.","Change %"` of Investing.com: newest first, volume as `2.03M`, and the same in the site's other
 * languages. Its American edition writes the month first, its British one the day, under the same header: dates must decide.
 */
export const investing: FileShape = {
  name: 'an Investing.com export',
  recognisedBy: [
    ['price', 'open', 'change %'],
    ['zuletzt', 'eröffn.'],
    ['dernier', 'ouv.'],
    ['último', 'apertura'],
    ['ultimo', 'apertura'],
    ['último', 'abertura'],
  ],
  columns: {
    date: ['date', 'datum', 'fecha', 'data'],
    open: ['open', 'eröffn.', 'ouv.', 'apertura', 'abertura'],
    high: ['high', 'hoch', 'plus haut', 'máximo', 'massimo', 'máxima'],
    low: ['low', 'tief', 'plus bas', 'mínimo', 'minimo', 'mínima'],
    close: ['price', 'zuletzt', 'dernier', 'último', 'ultimo'],
    volume: ['vol.', 'volume'],
  },
};
