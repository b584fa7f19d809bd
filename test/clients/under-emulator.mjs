import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CLI = fileURLToPath(new URL('../../emulator/bin/propelauth-emulator.js', import.meta.url));

/**
 * Runs a command with `propelauth-emulator exec`.
 *
 * @param command the command, with its arguments
 * @param options the port of the emulator, further options of `exec`, the folder, and what the command prints when it is ready
 * @returns a function that ends both
 */
export async function startUnderEmulator(command, { port, flags = [], cwd, env, ready }) {
  // For what the emulator keeps.
  const cache = mkdtempSync(join(tmpdir(), 'under-emulator-'));
  const child = spawn(
    process.execPath,
    [CLI, 'exec', '--port', String(port), '--fresh', ...flags, '--', ...command],
    {
      cwd,
      env: { ...process.env, XDG_CACHE_HOME: cache, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const ended = once(child, 'exit').finally(() => rmSync(cache, { recursive: true, force: true }));
  let output = '';
  const isReady = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        output += data;
        if (ready.test(output)) resolve(true);
      });
    }
  });
  if (!(await Promise.race([isReady, ended.then(() => false)]))) {
    throw new Error(`The command ended before it was ready:\n${output}`);
  }
  return async () => {
    child.kill('SIGTERM');
    await ended;
  };
}
