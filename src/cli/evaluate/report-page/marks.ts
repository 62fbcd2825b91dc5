import type { WindowVerdict } from '../../../shared/evaluation/window-verdict.ts';
import { html, type Markup } from './markup.ts';

/** A window's mark: a dot, or a diamond where it was flagged; never told by colour alone. `label` is shown on hovering. */
export function windowMark(x: number, y: number, verdict: WindowVerdict, label: string): Markup {
  if (verdict === 'ok')
    return html`<circle class="dot" cx="${x}" cy="${y}" r="3.2"><title>${label}</title></circle>`;
  return html`<path class="flagged" d="${diamond(x, y, 5.5)}"><title>${label}, ${verdict}</title></path>`;
}

/** A window whose value lies above the axis: a triangle at its upper edge. */
export function aboveMark(x: number, y: number, label: string): Markup {
  return html`<path class="above" d="M${x - 4} ${y + 6}L${x} ${y}L${x + 4} ${y + 6}Z"><title>${label}</title></path>`;
}

/** A diamond's outline around a place. */
export function diamond(x: number, y: number, radius: number): string {
  return `M${x} ${y - radius}L${x + radius} ${y}L${x} ${y + radius}L${x - radius} ${y}Z`;
}

/** A straight line. */
export function line(kind: string, x1: number, y1: number, x2: number, y2: number): Markup {
  return html`<line class="${kind}" x1="${x1}" y1="${y1}" x2="${x2}" y2="${y2}"/>`;
}

/** A text; `anchor` is the part of it that lies at the place. */
export function label(
  x: number,
  y: number,
  text: string | number,
  anchor: 'start' | 'middle' | 'end' = 'start',
  kind = 'label',
): Markup {
  return html`<text class="${kind}" x="${x}" y="${y}" text-anchor="${anchor}">${text}</text>`;
}
