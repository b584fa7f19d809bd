import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import crossSpawn from 'cross-spawn';
import { CommandLineError } from './command-line.error.js';
import { startWatchdog } from './watchdog.js';

/** How long processes may take to end. */
export interface Patience {
  /** From a signal that ends them to SIGKILL, in milliseconds, while the command itself still runs. */
  readonly afterSignal: number;
  /** The same for what the command has left behind. */
  readonly afterCommand: number;
}

const PATIENCE: Patience = { afterSignal: 10_000, afterCommand: 5_000 };
const STEP_MILLISECONDS = 20;
/** Processes that nobody waits for exist for ever, for example in a container without an init process. */
const AFTER_KILL_MILLISECONDS = 1_000;

/** They may end the command, and do not end this process. SIGINT and SIGQUIT are Ctrl-C and Ctrl-\, which some commands handle otherwise. */
const ENDING = ['SIGTERM', 'SIGHUP', 'SIGINT', 'SIGQUIT'] as const;
const FORCED: ReadonlySet<NodeJS.Signals> = new Set(['SIGTERM', 'SIGHUP']);

/** Sends a signal to the command and all that it has started. 0 sends nothing. @returns whether there was a process to send it to */
type Send = (signal: NodeJS.Signals | 0) => boolean;

const IS_WINDOWS = process.platform === 'win32';

/**
 * Runs a command until it and everything that it has started have ended. Signals of this process are passed on to all of them, and a watchdog
 * ends them if this process is killed.
 *
 * They are a session of their own, and so a process group that signals reach as a whole, also when the command has crashed. Its processes can
 * read from the terminal, which is not that of their session: the kernel stops readers in the background of their own terminal only.
 *
 * @param abandoned ends it like SIGTERM, unless a signal has already
 * @returns its exit code; 128 and the number of the signal if one has ended it
 * @throws {CommandLineError} if it cannot be started
 */
export async function runCommand(
  program: readonly [string, ...string[]],
  env: NodeJS.ProcessEnv,
  abandoned: AbortSignal,
  patience: Patience = PATIENCE,
): Promise<number> {
  let pid: number | undefined;
  const send: Send = (signal) => signalTree(pid, signal);
  // Before the command starts: a signal at that moment would end this process alone.
  const stopPassingOn = passSignalsOn(send, abandoned, patience);
  const endAtOnce = () => send('SIGKILL');
  process.once('exit', endAtOnce);
  const watchdog = startWatchdog();
  try {
    const [file, ...args] = program;
    // Commands of npm packages are .cmd files on Windows, which only a shell runs, with quotes of its own.
    const child = crossSpawn(file, args, { env, stdio: 'inherit', detached: !IS_WINDOWS });
    ({ pid } = child);
    if (pid !== undefined) watchdog.watch(pid);
    if (abandoned.aborted) send('SIGTERM');
    await once(child, 'spawn');
    const code = await exitCodeOf(child);
    await endTree(send, patience.afterCommand);
    return code;
  } catch (error) {
    throw startFailure(error as NodeJS.ErrnoException, program);
  } finally {
    watchdog.stop();
    stopPassingOn();
    process.off('exit', endAtOnce);
  }
}

function startFailure(
  { code }: NodeJS.ErrnoException,
  [file]: readonly [string, ...string[]],
): CommandLineError {
  if (code === 'ENOENT') {
    return new CommandLineError(
      `The command ${JSON.stringify(file)} was not found. ${notFoundAdvice(file)}`,
      127,
    );
  }
  return new CommandLineError(
    `The command ${JSON.stringify(file)} cannot be started (${code}). Check that it is a program or a script that you may run.`,
    126,
  );
}

function notFoundAdvice(file: string): string {
  if (file.includes('/')) {
    return 'Check its path and, if it is a script, the program that its first line names.';
  }
  if (file.includes(' ')) return `Write it and its arguments without quotes: exec -- ${file}.`;
  return `Check its name, or run one of a package with npx: exec -- npx ${file}.`;
}

async function exitCodeOf(child: ChildProcess): Promise<number> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  const { exitCode, signalCode } = child;
  return exitCode ?? 128 + (signalCode === null ? 0 : constants.signals[signalCode]);
}

/** @returns a function that ends it */
function passSignalsOn(send: Send, abandoned: AbortSignal, { afterSignal }: Patience): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isEnding = false;
  const force = () => {
    timer ??= setTimeout(() => send('SIGKILL'), afterSignal);
  };
  const abandon = () => {
    // Some commands take a second signal for a wish to end at once.
    if (!isEnding) send('SIGTERM');
    force();
  };
  abandoned.addEventListener('abort', abandon);
  const listeners = new Map<NodeJS.Signals, () => void>();
  for (const signal of ENDING) {
    listeners.set(signal, () => {
      isEnding = true;
      send(signal);
      if (FORCED.has(signal)) force();
    });
  }
  if (!IS_WINDOWS) {
    // Ctrl-Z, fg, and the size of the terminal. SIGTSTP itself has no effect on a session without a terminal.
    listeners.set('SIGTSTP', () => {
      send('SIGSTOP');
      process.kill(process.pid, 'SIGSTOP');
    });
    for (const signal of ['SIGCONT', 'SIGWINCH'] as const) {
      listeners.set(signal, () => send(signal));
    }
  }
  for (const [signal, listener] of listeners) process.on(signal, listener);
  return () => {
    clearTimeout(timer);
    abandoned.removeEventListener('abort', abandon);
    for (const [signal, listener] of listeners) process.off(signal, listener);
  };
}

/** Ends what the command has left behind. */
async function endTree(send: Send, patience: number): Promise<void> {
  if (IS_WINDOWS) return;
  send('SIGTERM');
  // One that Ctrl-Z has stopped cannot end.
  send('SIGCONT');
  if (await hasEnded(send, patience)) return;
  send('SIGKILL');
  await hasEnded(send, AFTER_KILL_MILLISECONDS);
}

async function hasEnded(send: Send, patience: number): Promise<boolean> {
  for (let waited = 0; waited < patience; waited += STEP_MILLISECONDS) {
    if (!send(0)) return true;
    await wait(STEP_MILLISECONDS);
  }
  return !send(0);
}

/** @returns whether there was a process to send it to */
function signalTree(pid: number | undefined, signal: NodeJS.Signals | 0): boolean {
  if (pid === undefined) return false;
  if (IS_WINDOWS) return signal === 0 || endTreeOnWindows(pid, signal);
  try {
    process.kill(-pid, signal);
    return true;
  } catch (error) {
    // macOS: there are only processes that have ended, and nobody has waited for.
    return (error as NodeJS.ErrnoException).code === 'EPERM' && signal !== 0;
  }
}

/** Ends a process and its children. Ctrl-C needs nothing: the console sends it to all of them. */
function endTreeOnWindows(pid: number, signal: NodeJS.Signals): boolean {
  if (signal === 'SIGINT') return true;
  spawnSync('taskkill', ['/PID', String(pid), '/T', '/F'], { stdio: 'ignore' });
  return true;
}
