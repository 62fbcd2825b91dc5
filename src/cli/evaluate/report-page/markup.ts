import { printable } from '../../../shared/wording/printable.ts';

/** Text that is markup already and stands in a page as it is. Made by {@link html} only, so that nothing unescaped gets in. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  toString(): string {
    return this.text;
  }
}

/** What may stand in a template: strings and numbers are escaped, lists joined, `null` and `undefined` are nothing. */
export type Content = Markup | string | number | null | undefined | readonly Content[];

/** A piece of HTML or SVG. Everything that is put into the template is escaped, in text and in quoted attributes alike. */
export function html(literals: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = literals[0];
  contents.forEach((content, i) => {
    text += render(content) + literals[i + 1];
  });
  return new Markup(text);
}

function render(content: Content): string {
  if (content === null || content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'string' || typeof content === 'number') return escapeText(String(content));
  return content.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escapeText(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => ENTITIES[character]);
}
