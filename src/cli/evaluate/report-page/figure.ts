import { type Content, html, type Markup } from './markup.ts';

/** The width of every plot in its own unit; on the page it takes the width there is. */
export const PLOT_WIDTH = 760;

export interface FigureOptions {
  /** Of the figure within the page: its title and description are found by it. */
  readonly id: string;
  readonly title: string;
  /** What the picture shows, for who does not see it. */
  readonly description: string;
  /** How to read it; below the picture. */
  readonly caption: Content;
  readonly height: number;
}

/** A plot with its title, its text alternative and its caption. */
export function figure({ id, title, description, caption, height }: FigureOptions, drawing: Content): Markup {
  return html`<figure>
<h3 id="${id}">${title}</h3>
<svg viewBox="0 0 ${PLOT_WIDTH} ${height}" role="img" aria-labelledby="${id}" aria-describedby="${id}-description">
<desc id="${id}-description">${description}</desc>
${drawing}
</svg>
<figcaption>${caption}</figcaption>
</figure>
`;
}
