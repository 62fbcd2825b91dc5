import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';

const MODULE = resolve(import.meta.dirname, '../../src/local/postgres/survive-driver-fault.ts');
const DRIVER = "'    at Immediate.nextWrite (/x/node_modules/postgres/src/connection.js:255:22)'";

/** Runs a program that throws where nobody catches it; what it said, and whether it lived on. */
function outcomeOf(thrown: string, before = ''): string {
  const program = `
    import { surviveDriverFault } from ${JSON.stringify(MODULE)};
    const end = surviveDriverFault();
    ${before}
    setImmediate(() => { const error = ${thrown}; throw error; });
    setTimeout(() => { console.log('lived on'); end(); }, 50);`;
  try {
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    return execFileSync(process.execPath, args, { encoding: 'utf8', stdio: 'pipe' }).trim();
  } catch (error) {
    const { status, stderr } = error as { status: number; stderr: string };
    return `exit ${status}: ${stderr.includes('something else') ? 'something else' : stderr}`;
  }
}

test('a write of the driver to a connection that has closed ends nothing', () => {
  const fault = `Object.assign(new TypeError('null'), { stack: 'TypeError: null\\n' + ${DRIVER} })`;
  expect(outcomeOf(fault)).toBe('lived on');
});

test('two that loaded it apart share one watch, which lasts until both have ended', () => {
  const twice = `
    const { surviveDriverFault: again } = await import(${JSON.stringify(`${MODULE}?again`)});
    if (again === surviveDriverFault) throw new Error('something else');
    again()();`;
  const fault = `Object.assign(new TypeError('null'), { stack: 'TypeError: null\\n' + ${DRIVER} })`;
  expect(outcomeOf(fault, twice)).toBe('lived on');
});

test('any other error that nobody catches ends the process, or reaches who listens for it', () => {
  expect(outcomeOf("new TypeError('something else')")).toBe('exit 1: something else');
  const listener = "process.on('uncaughtException', (error) => console.log(error.message));";
  expect(outcomeOf("new Error('heard')", listener)).toBe('heard\nlived on');
});
