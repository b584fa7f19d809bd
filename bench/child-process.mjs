import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts a module of the bench in its own process, which may send messages. Its errors are kept for {@link nextMessage}.
 *
 * @param node the Node.js that it runs on
 * @param root the directory of the build under test; default: this checkout
 */
export function startChild(node, module, { args = [], nodeOptions = [], root } = {}) {
  const child = fork(fileURLToPath(new URL(module, import.meta.url)), args, {
    execPath: node.execPath,
    execArgv: nodeOptions,
    env: { ...process.env, NODE_ENV: 'production', ...(root && { BENCH_ROOT: root }) },
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  child.errors = '';
  child.stderr.on('data', (chunk) => (child.errors += chunk));
  return child;
}

/** The next message of a child. A child that ends without one has failed. */
export async function nextMessage(child) {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message),
      // When it closes, all its errors have arrived.
      once(child, 'close', { signal }).then(([code]) => {
        throw new Error(`A process ended early (${code}): ${child.errors}`);
      }),
    ]);
  } finally {
    waiting.abort();
  }
}

/** Tells a child to end, and waits for its end. One that has failed has already ended. */
export async function endChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
}

/** Runs a module that measures something: it sends its figures and ends. It can collect garbage. */
export async function runMeasurement(node, module, settings) {
  const child = startChild(node, module, { ...settings, nodeOptions: ['--expose-gc'] });
  const figures = await nextMessage(child);
  await endChild(child);
  return figures;
}
