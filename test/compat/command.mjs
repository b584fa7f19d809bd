import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { delimiter } from 'node:path';

/** What runs longer than this, in milliseconds, does not come to an end. */
const DEADLINE = 5 * 60_000;

/** npm's own file: by its name it would run on the Node.js under test. */
const npmFile = process.env.npm_execpath;

/**
 * The environment of a program, with another Node.js than this one first in its PATH.
 *
 * @param {string} [nodeDirectory] where that Node.js is; default: this one
 */
export function environmentFor(nodeDirectory) {
  const { NODE_OPTIONS: _options, NODE_ENV: _env, PATH = '', ...environment } = process.env;
  return {
    ...environment,
    PATH: nodeDirectory === undefined ? PATH : `${nodeDirectory}${delimiter}${PATH}`,
  };
}

/**
 * Runs a program to its end.
 *
 * @throws {Error} with all that it printed, when it fails
 */
export async function run(command, args, { cwd, nodeDirectory }) {
  const child = spawn(command, args, {
    cwd,
    env: environmentFor(nodeDirectory),
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: DEADLINE,
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
    });
  }
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${[command, ...args].join(' ')} (in ${cwd}):\n${output}`);
  return output;
}

/** Runs npm; only the scripts that it starts run on another Node.js. */
export function npm(args, options) {
  if (npmFile === undefined) throw new Error('Run this by npm, as CONTRIBUTING.md says');
  return run(process.execPath, [npmFile, ...args], options);
}
