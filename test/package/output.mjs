/**
 * Reads what a program prints until it holds a text, and goes on reading after that: a program whose output nobody reads any
 * more fails.
 *
 * @param {import('node:child_process').ChildProcess} child with its standard output as a pipe
 * @param {string} text
 * @returns {Promise<string>} what was printed up to then
 */
export function readUntil(child, text) {
  let output = '';
  return new Promise((resolve, reject) => {
    child.stdout.on('data', (chunk) => {
      output += chunk;
      if (output.includes(text)) resolve(output);
    });
    child.once('exit', () => reject(new Error(`The program ended without "${text}": ${output}`)));
  });
}
