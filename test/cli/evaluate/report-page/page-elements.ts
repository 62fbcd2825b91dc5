/** An element of a page, as far as the tests look at it. */
export interface PageElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (PageElement | string)[];
}

const VOID_ELEMENTS = new Set(['meta']);

/**
 * Reads a page strictly: every element closed in its order, every attribute quoted, no bare `<` or `&`.
 *
 * @throws Error saying what is wrong
 */
export function readPage(page: string): PageElement {
  const root: PageElement = { name: 'root', attributes: {}, children: [] };
  const open = [root];
  const body = page.replace(/^<!doctype html>\n/, '');
  if (body === page) throw new Error('The page does not begin with its doctype.');
  const TOKEN = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z][a-zA-Z0-9-]*="[^"<]*")*)\s*(\/?)>|([^<]+)/gy;
  let end = 0;
  for (let token = TOKEN.exec(body); token !== null; token = TOKEN.exec(body)) {
    end = TOKEN.lastIndex;
    const [, closing, name, attributes, empty, text] = token;
    const parent = open.at(-1)!;
    if (text !== undefined) {
      parent.children.push(decode(text, parent.name === 'style'));
    } else if (closing === '/') {
      if (parent.name !== name) throw new Error(`</${name}> closes <${parent.name}>.`);
      open.pop();
    } else {
      const element = { name, attributes: readAttributes(attributes), children: [] };
      parent.children.push(element);
      if (empty === '' && !VOID_ELEMENTS.has(name)) open.push(element);
    }
  }
  if (end !== body.length) throw new Error(`Not markup: ${body.slice(end, end + 80)}`);
  if (open.length > 1) throw new Error(`<${open.at(-1)!.name}> is not closed.`);
  return root;
}

function readAttributes(text: string): Record<string, string> {
  const found = [...text.matchAll(/([a-zA-Z][a-zA-Z0-9-]*)="([^"]*)"/g)];
  return Object.fromEntries(found.map(([, name, value]) => [name, decode(value)]));
}

function decode(text: string, raw = false): string {
  if (!raw && /&(?!amp;|lt;|gt;|quot;|#39;)/.test(text)) throw new Error(`A bare & in: ${text.slice(0, 80)}`);
  const characters: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
  return text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name) => characters[name]);
}

/** All elements of a name below one, in order; `kind` is a class they must have. */
export function elements(root: PageElement, name: string, kind?: string): PageElement[] {
  return root.children.flatMap((child) => {
    if (typeof child === 'string') return [];
    const classes = (child.attributes.class ?? '').split(' ');
    const own = child.name === name && (kind === undefined || classes.includes(kind)) ? [child] : [];
    return [...own, ...elements(child, name, kind)];
  });
}

/** The text of an element and all within it. */
export function textOf(element: PageElement): string {
  return element.children.map((child) => (typeof child === 'string' ? child : textOf(child))).join('');
}

/** The figure whose heading is this. */
export function figureNamed(root: PageElement, title: string): PageElement {
  const found = elements(root, 'figure').find((figure) => textOf(elements(figure, 'h3')[0]) === title);
  if (found === undefined) throw new Error(`There is no figure "${title}".`);
  return found;
}

/** The cells of the table with this caption, row by row, its header first. */
export function tableNamed(root: PageElement, caption: string): string[][] {
  const found = elements(root, 'table').find((table) => textOf(elements(table, 'caption')[0]) === caption);
  if (found === undefined) throw new Error(`There is no table "${caption}".`);
  return elements(found, 'tr').map((row) =>
    row.children.flatMap((cell) => (typeof cell === 'string' ? [] : [textOf(cell)])),
  );
}
