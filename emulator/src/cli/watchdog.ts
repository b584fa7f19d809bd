import { spawn } from 'node:child_process';

/**
 * Ends a process group when its standard input ends without a word: then the process that has started it is gone. It is a shell, which costs
 * next to nothing, and whose arguments name neither Node.js nor this package: `pkill -9 -f` does not find it.
 */
const SCRIPT = `
trap '' TERM INT HUP QUIT
read -r group || exit 0
read -r done && exit 0
kill -s TERM -- "-$group"
kill -s CONT -- "-$group"
for second in 1 2 3 4 5; do
  kill -s 0 -- "-$group" || exit 0
  sleep 1
done
kill -s KILL -- "-$group"
`;

/** A process that outlives this one, whatever ends it. */
export interface Watchdog {
  /** Names the process group that ends with this process. */
  watch(group: number): void;
  /** Lets the group live on. */
  stop(): void;
}

/** Starts a watchdog in a session of its own, which no signal to this process and its group reaches. Windows has none. */
export function startWatchdog(): Watchdog {
  if (process.platform === 'win32') return { watch() {}, stop() {} };
  const child = spawn('sh', ['-c', SCRIPT], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Some containers have no shell. Commands run without a watchdog there.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  child.unref();
  return {
    watch: (group) => void child.stdin.write(`${group}\n`),
    stop: () => void child.stdin.end('done\n'),
  };
}
