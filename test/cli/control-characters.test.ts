// Whatever somebody sent, no sink lets it move a terminal's cursor, begin a line or change the direction of writing.
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { decisionText } from '../../src/cli/canary/commands/decide.ts';
import { html } from '../../src/cli/evaluate/report-page/markup.ts';
import { exitWithError } from '../../src/cli/exit-with-error.ts';
import { print, printJson, tell } from '../../src/cli/print.ts';
import { textTable } from '../../src/cli/text-table.ts';
import { errorAnswer } from '../../src/shared/contracts/error-answer.ts';
import { InvalidInputError } from '../../src/shared/errors/invalid-input-error.ts';
import { findingsMarkdown } from '../../src/shared/rollout/evaluation-markdown.ts';
import { reportMarkdown } from '../../src/shared/rollout/report-markdown.ts';
import { printable } from '../../src/shared/wording/printable.ts';
import { log, logError } from '../../supabase/functions/_shared/log.ts';

const REPOSITORY = resolve(import.meta.dirname, '../..');

/** C0 but the line feed, DEL, C1, and Unicode's ends of lines and controls of direction: by their categories, not by our list. */
const ACTS = /(?!\n)[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]/u;
/** What terminals and logs were deceived with. */
const HOSTILE = [
  ...[
    '\n',
    '\r',
    '\r\n',
    '\t',
    '\0',
    '\u0007',
    '\u0008',
    '\u000b',
    '\u000c',
    '\u001b[2K\u001b[1A',
    '\u001b]0;title\u0007',
  ],
  ...[
    '\u007f',
    '\u0085',
    '\u009b2J',
    '\u2028',
    '\u2029',
    '\u202e',
    '\u2066',
    '\u2069',
    '\u061c',
    '\u200e',
    '\u200f',
  ],
];
const texts = fc
  .array(
    fc.oneof(
      fc.constantFrom(...HOSTILE),
      fc.string({ unit: 'binary', maxLength: 5 }),
      fc.constant('all well'),
    ),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));

afterEach(() => vi.restoreAllMocks());

/** What is written to the console meanwhile. */
function written(write: () => void): string {
  const lines: string[] = [];
  for (const method of ['log', 'error'] as const) {
    vi.spyOn(console, method).mockImplementation((...values) => {
      lines.push(values.join(' '));
    });
  }
  write();
  process.exitCode = undefined;
  vi.restoreAllMocks();
  return lines.join('\n');
}

const event = (text: string) => ({
  ...{
    happened_at: '2026-11-02T14:00:00+00:00',
    kind: 'note_added',
    subject: text,
    actor: text,
    reason: text,
  },
});

const evaluation = (text: string) => ({
  status_line: text,
  criteria: [{ criterion: 'errors', verdict: 'fail', n: 1, bars_needed: null, sentence: text }],
  triggers: [{ trigger: 'errors', subject: text, sentence: text }],
});

/** Each makes a text of what it is given; how many lines that has is not for what it is given to say. */
const SINKS: Readonly<Record<string, (text: string) => string>> = {
  'a table': (text) => textTable(['who', 'why'], [[text, text]]),
  'the status of a rollout': (text) =>
    decisionText('status', {
      rollout: {
        ...{ id: 3, status: 'rolled_back', stage: 'canary', candidate_hash: text, baseline_hash: text },
        ...{ started_at: '2026-11-02T14:00:00+00:00', stage_started_at: '2026-11-02T14:00:00+00:00' },
        ...{ stage_due_at: null, ended_at: '2026-11-02T14:00:00+00:00', ended_because: text },
      },
      ...{ publishing: true, automatic_rollback: true, decision: 'hold', not_ready: [text, text] },
      // No criteria and events: tables of prose wrap it, which makes more lines.
      latest_evaluation: {
        ...{ ...evaluation(text), criteria: [] },
        ...{ evaluated_at: '2026-11-02T14:00:00+00:00', stage: 'canary' },
      },
      events: [],
      board: [],
    }),
  'an evaluation': (text) => decisionText('evaluate', { ...evaluation(text), criteria: [] }),
  'the findings in Markdown': (text) => findingsMarkdown(evaluation(text) as never).join('\n'),
  'a report in Markdown': (text) =>
    reportMarkdown({
      report: {
        ...{
          report_date: '2026-11-02',
          report_time: '08:00:00',
          status: text,
          is_summary: true,
          decision: text,
        },
        ...{ lines: [text, text], since: '2026-11-02T14:00:00+00:00' },
      },
      evaluation: evaluation(text),
      events: [event(text)],
    } as never),
  'an error that is known': (text) =>
    written(() => exitWithError(new InvalidInputError('invalid_date', `"${text}" is no date`))),
  'an error of the file system': (text) =>
    written(() =>
      exitWithError(Object.assign(new Error(`ENOENT: ${text}`), { syscall: 'open', path: text })),
    ),
  'an answer': (text) => errorAnswer(new InvalidInputError('invalid_date', text)).body.message,
  "a function's log": (text) => written(() => log('ingest', { symbol: text, [text]: { [text]: [text] } })),
  "a function's log of an error": (text) => written(() => logError('failed', new Error(text))),
};

describe('what others have written', () => {
  it.each(Object.keys(SINKS))('neither acts nor begins a line in %s', (name) => {
    const sink = SINKS[name]!;
    const lines = (text: string) => sink(text).split('\n').length;
    const usual = lines('all well');
    fc.assert(
      fc.property(texts, (text) => {
        expect(sink(text)).not.toMatch(ACTS);
        expect(lines(text)).toBe(usual);
      }),
      { numRuns: 100 },
    );
  });

  it('does not act when a command prints it; JSON stays what it was', () => {
    fc.assert(
      fc.property(texts, (text) => {
        for (const sink of [print, tell]) expect(written(() => sink(text))).not.toMatch(ACTS);
        const json = written(() => printJson({ [text]: [text] }));
        expect(json).not.toMatch(ACTS);
        expect(JSON.parse(json)).toEqual({ [text]: [text] });
        expect(html`<td title="${text}">${text}</td>`.text).not.toMatch(ACTS);
        expect(printable(printable(text))).toBe(printable(text));
      }),
    );
  });
});

describe('commands and the local stack', () => {
  /** A terminal's bar, which moves; the console of a library; what cannot be caught; and what runs in Deno, whose output the stack reads. */
  const EXCEPT = [
    'src/cli/print.ts',
    'src/cli/evaluate/progress.ts',
    'src/local/data-api/captured-console.ts',
    'src/local/postgres/survive-driver-fault.ts',
    'src/local/functions/function-host.js',
    'supabase/functions/_shared/log.ts',
  ];

  it('write to a terminal in one place', () => {
    const files = ['src/cli', 'src/local', 'supabase/functions'].flatMap((directory) =>
      readdirSync(join(REPOSITORY, directory), { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile() && /\.(ts|js|mjs)$/.test(entry.name))
        .map((entry) => relative(REPOSITORY, join(entry.parentPath, entry.name))),
    );
    const writing = files.filter((file) =>
      /\bconsole\.\w+\(|\b(stdout|stderr)\.write\(/.test(readFileSync(join(REPOSITORY, file), 'utf8')),
    );
    expect(writing.sort()).toEqual([...EXCEPT].sort().filter((file) => writing.includes(file)));
  });
});
