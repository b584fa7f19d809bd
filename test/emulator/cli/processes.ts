import { readFileSync } from 'node:fs';

/** Whether a process exists, and has not ended. */
export function isRunning(pid: number): boolean {
  try {
    // Some machines have no process that waits for orphans.
    return !/^\d+ \(.*\) Z/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
}

/** The state of a process, such as `T`: stopped. */
export function stateOf(pid: number): string | undefined {
  return /^\d+ \(.*\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1];
}

/** The process that a process has started last. */
export function childOf(pid: number): number {
  return Number(childrenOf(pid).at(-1));
}

/** The emulator that `exec` has started, before anything else. */
export function emulatorOf(pid: number): number {
  return Number(childrenOf(pid)[0]);
}

/** All processes that a process has started, and those that they have. */
export function descendantsOf(pid: number): number[] {
  return childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);
}

function childrenOf(pid: number): number[] {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
  return children.split(' ').filter(Boolean).map(Number);
}

/** A script that starts a process of its own, as `nest start --watch` does, and then does something else. */
export function parentThat(does: string, child = ''): string {
  const grandchild = `${child};setInterval(() => {}, 1000); console.log('grandchild ' + process.pid);`;
  return (
    `const { spawn } = require('node:child_process');` +
    `const child = spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { stdio: ['inherit', 'pipe', 'inherit'] });` +
    `child.stdout.once('data', (text) => { ${does} });`
  );
}

/** The process that such a script has started. */
export function grandchildOf(printed: string): number {
  return Number(/grandchild (\d+)/.exec(printed)?.[1]);
}
