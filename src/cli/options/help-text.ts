import {
  type Command,
  type CommandProgram,
  type Operands,
  type Options,
  optionName,
  type Program,
  takesValue,
} from './option.ts';

/** Characters of a line. */
const WIDTH = 120;

/** What `--help` prints: the usage, then a line an option, and before those of every command a block a command. */
export function helpText(program: Program | CommandProgram): string {
  const commands = 'commands' in program ? Object.entries(program.commands) : [];
  const blocks = [
    ...commands.map(([name, command]) => commandRows(name, command)),
    // Of every command.
    optionRows(program.options, '  '),
  ];
  const width = Math.max(...blocks.flat().map(([left]) => left.length)) + 2;
  const listed = blocks.map((rows) => rows.map((row) => aligned(row, width)).join('\n'));
  const options = listed.pop()!;
  return [
    program.usage,
    ...(program.about === undefined ? [] : [program.about]),
    ...(listed.length === 0 ? [] : [listed.join('\n')]),
    ...(options === '' ? [] : [options]),
  ].join('\n\n');
}

type Row = readonly [left: string, help: string];

function commandRows(name: string, { help, operands, options = {} }: Command): Row[] {
  return [
    [`  ${[name, operandsText(operands)].join(' ').trimEnd()}`, help],
    ...optionRows(options, '      '),
  ];
}

function operandsText(operands: Operands | undefined): string {
  if (operands === undefined) return '';
  return operands.least === 0 ? `[${operands.name}]` : operands.name;
}

function optionRows(options: Options, indent: string): Row[] {
  return Object.entries(options).map(([name, option]) => {
    const dashed = optionName(name);
    if (!takesValue(option)) return [`${indent}${dashed}`, option.help];
    const { value, help, default: standard, shownDefault = standard, valueMayBeMissing } = option;
    return [
      `${indent}${dashed}${valueMayBeMissing ? `[=${value}]` : ` ${value}`}`,
      shownDefault === undefined ? help : `${help} (default: ${shownDefault})`,
    ];
  });
}

/** The help beside what it is of, in lines that go on below. */
function aligned([left, help]: Row, width: number): string {
  const lines = [''];
  for (const word of help.split(' ')) {
    const line = lines[lines.length - 1];
    if (line !== '' && width + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = line === '' ? word : `${line} ${word}`;
  }
  return `${left.padEnd(width)}${lines.join(`\n${' '.repeat(width)}`)}`;
}
