import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/**
 * Starts a module of the bench in a process of its own. Its output is shown; it may send messages.
 *
 * @param node the Node.js that it runs on
 */
export function startChild(node, module, { args = [], nodeOptions = [] } = {}) {
  return fork(fileURLToPath(new URL(module, import.meta.url)), args, {
    execPath: node.execPath,
    execArgv: nodeOptions,
    env: { ...process.env, NODE_ENV: 'production' },
  });
}

/** The next message of a child. A child that ends without one has failed. */
export async function nextMessage(child) {
  const waiting = new AbortController();
  const { signal } = waiting;
  try {
    return await Promise.race([
      once(child, 'message', { signal }).then(([message]) => message),
      once(child, 'exit', { signal }).then(([code]) => {
        throw new Error(`${child.spawnargs.slice(1).join(' ')} has ended early (${code})`);
      }),
    ]);
  } finally {
    waiting.abort();
  }
}

/** Lets a child know that it is no longer needed, and waits for its end. One that has failed has ended already. */
export async function endChild(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  if (child.connected) child.disconnect();
  await ended;
}

/** Runs a module that measures something: it sends its figures and ends. */
export async function runMeasurement(node, module, settings) {
  const child = startChild(node, module, settings);
  const figures = await nextMessage(child);
  await endChild(child);
  return figures;
}
