import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '../..');

/** A message of an error with its place. */
interface Message {
  readonly place: string;
  readonly text: string;
}

/** What stands for a value in a message. */
const VALUE = '\u0000';

describe('the messages of errors', () => {
  const messages = messagesOf(['src', 'supabase/functions', 'scripts', 'bench', 'tools']);

  it('are found', () => {
    expect(messages.length).toBeGreaterThan(250);
  });

  it('begin with a capital letter or a value', () => {
    expect(messages.filter(({ text }) => /^[a-z]/.test(text))).toEqual([]);
  });

  it('end without a full stop', () => {
    expect(messages.filter(({ text }) => /[^.]\.$/.test(text))).toEqual([]);
  });
});

describe("the database's refusals", () => {
  const files = execFileSync('git', ['ls-files', 'supabase/schemas'], { cwd: ROOT, encoding: 'utf8' })
    .trim()
    .split('\n');
  const refusals = files.flatMap((file) =>
    // The message itself, or the text that format fills in.
    [
      ...readFileSync(join(ROOT, file), 'utf8').matchAll(
        /internal\.refuse\(\d+, '\w+',\s*(?:format\(\s*)?'((?:[^']|'')+)'/g,
      ),
    ].map(([, text]) => ({ place: file, text: text! })),
  );

  it('are found, begin with a capital letter or a value, and end without a full stop', () => {
    expect(refusals.length).toBeGreaterThan(40);
    expect(refusals.filter(({ text }) => /^[a-z]/.test(text) || /[^.]\.$/.test(text))).toEqual([]);
  });
});

function messagesOf(directories: readonly string[]): Message[] {
  const listed = execFileSync('git', ['ls-files', ...directories], { cwd: ROOT, encoding: 'utf8' });
  return listed
    .split('\n')
    .filter((file) => /\.(ts|mjs)$/.test(file) && !file.endsWith('.types.ts') && !file.includes('assembly/'))
    .flatMap(messagesIn);
}

/** Of `new SomeError(...)`, `super(...)` of one, and `{code, message}`. */
function messagesIn(file: string): Message[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  if (!/Error|message:/.test(text)) return [];
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const found: Message[] = [];
  const visit = (node: ts.Node) => {
    for (const written of candidatesOf(node).flatMap(textsOf)) {
      // A code is one word.
      if (!written.includes(' ')) continue;
      const { line } = source.getLineAndCharacterOfPosition(node.getStart());
      found.push({ place: `${file}:${line + 1}`, text: written });
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function candidatesOf(node: ts.Node): readonly ts.Expression[] {
  if (ts.isNewExpression(node) && node.expression.getText().endsWith('Error')) return node.arguments ?? [];
  if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.SuperKeyword) return node.arguments;
  if (!ts.isObjectLiteralExpression(node)) return [];
  const property = (name: string) =>
    node.properties.filter(ts.isPropertyAssignment).find((one) => one.name.getText() === name);
  const message = property('message');
  return property('code') !== undefined && message !== undefined ? [message.initializer] : [];
}

/** What an expression can say, values as {@link VALUE}; nothing where it says nothing of its own. */
function textsOf(node: ts.Expression): string[] {
  if (ts.isStringLiteralLike(node)) return [node.text];
  if (ts.isParenthesizedExpression(node)) return textsOf(node.expression);
  if (ts.isTemplateExpression(node)) {
    return [node.head.text + node.templateSpans.map(({ literal }) => VALUE + literal.text).join('')];
  }
  if (ts.isConditionalExpression(node)) return [...textsOf(node.whenTrue), ...textsOf(node.whenFalse)];
  if (!ts.isBinaryExpression(node)) return [];
  if (node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return textsOf(node.right);
  const right = textsOf(node.right);
  const endings = right.length > 0 ? right : [VALUE];
  return textsOf(node.left).flatMap((left) => endings.map((ending) => left + ending));
}
