import { stripVTControlCharacters } from 'node:util';

/** Far longer than any of them takes to start, in milliseconds. */
const DEADLINE = 120_000;

/**
 * Reads what a program prints until it holds a text, and goes on reading after that: a program whose output nobody reads any
 * more fails. Colors are left out: some programs print them into a pipe, too, when the variable `CI` is set.
 *
 * @param {import('node:child_process').ChildProcess} child with its standard output as a pipe
 * @param {string | RegExp} text
 * @returns {Promise<string>} what was printed up to then
 */
export function readUntil(child, text) {
  let printed = '';
  let output = '';
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`The program ${what} "${text}": ${output}`));
    const timer = setTimeout(() => fail('has not printed'), DEADLINE);
    child.stdout.on('data', (chunk) => {
      printed += chunk;
      output = stripVTControlCharacters(printed);
      const isThere = text instanceof RegExp ? text.test(output) : output.includes(text);
      if (!isThere) return;
      clearTimeout(timer);
      resolve(output);
    });
    child.once('exit', () => {
      clearTimeout(timer);
      fail('ended without');
    });
  });
}
